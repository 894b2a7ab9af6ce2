/** Hands events to listeners. A listener that throws harms nothing: its error becomes a `warning` event. */
import { EventEmitter } from 'eventemitter3'
import { ConfigurationError } from '../errors.js'
import { EVENT_NAMES, type RuntimeEvent, type RuntimeEventName, type RuntimeEvents } from './event.js'

type Listener = (event: RuntimeEvent) => void

export class EventBus {
  readonly #emitter = new EventEmitter()
  readonly #guards = new WeakMap<object, Listener>()
  #isHeard = false
  /** Called when the first listener came, or the last one went. */
  readonly #onInterest: (listening: boolean) => void

  constructor(onInterest: (listening: boolean) => void) {
    this.#onInterest = onInterest
  }

  on<T extends RuntimeEventName>(type: T, listener: (event: RuntimeEvents[T]) => void): void {
    requireName(type)
    this.#emitter.on(type, this.#guarded(listener as never))
    this.#noteInterest()
  }

  once<T extends RuntimeEventName>(type: T, listener: (event: RuntimeEvents[T]) => void): void {
    requireName(type)
    this.#emitter.once(type, this.#guarded(listener as never))
    this.#noteInterest()
  }

  /** Removes one listener, or all of that name. */
  off<T extends RuntimeEventName>(type: T, listener?: (event: RuntimeEvents[T]) => void): void {
    requireName(type)
    this.#emitter.off(type, listener && this.#guarded(listener as never))
    this.#noteInterest()
  }

  emit(event: RuntimeEvent): void {
    this.#emitter.emit(event.type, event)
    this.#noteInterest()
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

  /** A `once` that has fired may have been the last listener. */
  #noteInterest(): void {
    const isHeard = this.#emitter.eventNames().length > 0
    if (isHeard === this.#isHeard) return
    this.#isHeard = isHeard
    this.#onInterest(isHeard)
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
