/** Hands events to listeners. A listener that throws harms nothing: its error becomes a `warning` event. */
import { EventEmitter } from 'eventemitter3'
import { ConfigurationError } from '../errors.js'
import { EVENT_NAMES, type RuntimeEvent, type RuntimeEventName, type RuntimeEvents } from './event.js'

type Listener = (event: RuntimeEvent) => void

/** Where events go beside listeners. It does not say when somebody comes or goes: it is asked. */
export interface EventOutlet {
  /** The events that somebody hears there: a bit for each of `EVENT_NAMES`. Asked often. */
  heard(): number
  publish(event: RuntimeEvent): void
}

export class EventBus {
  readonly #emitter = new EventEmitter()
  readonly #guards = new WeakMap<object, Listener>()
  readonly #outlet: EventOutlet
  /** What has listeners here, and what is heard here or there: a bit for each of `EVENT_NAMES`. */
  #own = 0
  #heard = 0
  /** A `once` was ever asked for: only then can a listener go by an event. */
  #hasOnce = false
  /** Called when an event is heard by somebody that was not before, or by nobody any more. */
  readonly #onInterest: (heard: ReadonlySet<RuntimeEventName>) => void

  constructor(outlet: EventOutlet, onInterest: (heard: ReadonlySet<RuntimeEventName>) => void) {
    this.#outlet = outlet
    this.#onInterest = onInterest
  }

  on<T extends RuntimeEventName>(type: T, listener: (event: RuntimeEvents[T]) => void): void {
    requireName(type)
    this.#emitter.on(type, this.#guarded(listener as never))
    this.#countListeners()
  }

  once<T extends RuntimeEventName>(type: T, listener: (event: RuntimeEvents[T]) => void): void {
    requireName(type)
    this.#hasOnce = true
    this.#emitter.once(type, this.#guarded(listener as never))
    this.#countListeners()
  }

  /** Removes one listener, or all of that name. */
  off<T extends RuntimeEventName>(type: T, listener?: (event: RuntimeEvents[T]) => void): void {
    requireName(type)
    this.#emitter.off(type, listener && this.#guarded(listener as never))
    this.#countListeners()
  }

  emit(event: RuntimeEvent): void {
    this.#outlet.publish(event)
    this.#emitter.emit(event.type, event)
    // It may have been a `once`.
    if (this.#hasOnce) this.#countListeners()
  }

  /** As {@link emit}, of very many that are made while they are told: whether the outlet is heard is looked up once. */
  emitEach(events: { each(tell: (event: RuntimeEvent) => void): void }): void {
    if (this.#outlet.heard() !== 0) return events.each((event) => this.emit(event))
    events.each((event) => this.#emitter.emit(event.type, event))
    if (this.#hasOnce) this.#countListeners()
  }

  #countListeners(): void {
    this.#own = EVENT_NAMES.reduce(
      (names, name, i) => (this.#emitter.listenerCount(name) > 0 ? names | (1 << i) : names),
      0,
    )
    this.noteInterest()
  }

  /** Looks which events anybody hears: of the outlet, it has to be asked. */
  noteInterest(): void {
    const heard = this.#own | this.#outlet.heard()
    if (heard === this.#heard) return
    this.#heard = heard
    this.#onInterest(new Set(EVENT_NAMES.filter((_, i) => (heard & (1 << i)) !== 0)))
  }

  /** The same guard for the same listener, so that `off` finds it. */
  #guarded(listener: Listener): Listener {
    if (typeof listener !== 'function')
      throw new ConfigurationError('a listener must be a function', 'listener', listener)
    const known = this.#guards.get(listener)
    if (known !== undefined) return known
    const guard = (event: RuntimeEvent): void => {
      try {
        listener(event)
      } catch (thrown) {
        // A listener of warnings that throws has nobody left to be told.
        if (event.type !== 'warning') this.emit(listenerFailed(event, thrown))
      }
    }
    this.#guards.set(listener, guard)
    return guard
  }
}

function requireName(type: RuntimeEventName): void {
  if (EVENT_NAMES.includes(type)) return
  throw new ConfigurationError(`there is no event "${String(type)}"; there are ${EVENT_NAMES.join(', ')}`, 'type', type)
}

const listenerFailed = (event: RuntimeEvent, thrown: unknown): RuntimeEvent => ({
  type: 'warning',
  at: event.at,
  message: `a listener of "${event.type}" threw`,
  error: thrown instanceof Error ? thrown : new Error(String(thrown)),
})
