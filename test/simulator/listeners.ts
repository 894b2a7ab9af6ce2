/** Who hears events in an episode: the watchman, and in front of him one who throws at each event. The bus is the real one. */
import { EventBus } from '../../src/events/bus.js'
import { EVENT_NAMES, type RuntimeEvent } from '../../src/events/event.js'
import { hold } from './violation.js'

const NOBODY_ELSE = { heard: () => 0, publish: () => {} }

export class Listeners {
  readonly #bus = new EventBus(NOBODY_ELSE, () => {})
  #heard = 0
  #warnings = 0
  readonly #throws: boolean
  /** What the watchman threw, which the bus takes for the error of any listener. */
  #broken: unknown

  /** @param hear - The watchman's ear. */
  constructor(throws: boolean, hear: (event: RuntimeEvent) => void) {
    this.#throws = throws
    for (const type of EVENT_NAMES) {
      if (throws && type !== 'warning')
        this.#bus.on(type, () => {
          throw new Error('a listener that throws')
        })
      this.#bus.on(type, (event) => {
        if (event.type === 'warning') this.#warnings++
        else this.#heard++
        try {
          hear(event)
        } catch (error) {
          this.#broken ??= error
        }
      })
    }
  }

  /** A listener that throws harms nobody: everybody else hears, and its error is told as a warning. */
  emit(event: RuntimeEvent): void {
    const [heard, warnings] = [this.#heard, this.#warnings]
    this.#bus.emit(event)
    if (this.#broken !== undefined) throw this.#broken
    hold('driver', this.#heard === heard + 1, 'a listener that throws keeps an event from others')
    hold('driver', this.#warnings - warnings === (this.#throws ? 1 : 0), 'an error of a listener is told once')
  }
}
