/** Who waits for room in the queue, each for what it needs. It does not know what fits: it asks again when something has happened. */
import type { Clock } from '../environment.js'

interface Wait {
  readonly fits: () => boolean
  readonly resolve: () => void
}

/** Where time alone can make room: how long until it is looked again. */
const LOOK_MS = 5

export class RoomWaits {
  readonly #clock: Clock
  readonly #changed: (() => void) | undefined
  #waits: Wait[] = []
  #isLooking = false

  /**
   * @param changed - If the queue holds nothing: what the rate of its task holds back cannot wait in it, and nothing happens when it would
   * be let in, so it is looked from time to time. Called when that has begun or may be over.
   */
  constructor(clock: Clock, changed: (() => void) | undefined) {
    this.#clock = clock
    this.#changed = changed
  }

  get isAwaited(): boolean {
    return this.#waits.length > 0
  }

  /** It is looked from time to time: nothing else may keep the process alive meanwhile. */
  get isLooking(): boolean {
    return this.#isLooking
  }

  /** Resolves when that holds; at once if it does. */
  async until(fits: () => boolean): Promise<void> {
    if (fits()) return
    await new Promise<void>((resolve) => {
      this.#waits.push({ fits, resolve })
      this.#lookAgain()
    })
  }

  /** Tells those for whom there is room. */
  look(): void {
    const waits = this.#waits
    this.#waits = []
    for (const wait of waits) {
      if (wait.fits()) wait.resolve()
      else this.#waits.push(wait)
    }
    this.#lookAgain()
  }

  /** There will be no room any more: whoever waits is to find that out. */
  letGo(): void {
    const waits = this.#waits
    this.#waits = []
    for (const { resolve } of waits) resolve()
  }

  #lookAgain(): void {
    if (this.#changed === undefined || this.#isLooking || !this.isAwaited) return
    this.#isLooking = true
    this.#clock.after(LOOK_MS, () => {
      this.#isLooking = false
      this.look()
      this.#changed?.()
    })
    this.#changed()
  }
}
