/** Runs a task's handlers around its body. What one throws is told as a warning, and changes nothing else. */

import { ConfigurationError } from '../errors.js'
import { encodeError } from '../serialization/errors.js'
import type { TaskContext } from '../task/context.js'
import type { TaskHandlers } from '../task/options.js'
import type { Saying } from './protocol.js'
import { TaskSignal } from './task-signal.js'

const NAMES = [
  'beforeStart',
  'onSuccess',
  'onFailure',
  'onRetry',
  'afterReturn',
] as const satisfies readonly (keyof TaskHandlers)[]

export const hasHandlers = (handlers: TaskHandlers): boolean => NAMES.some((name) => handlers[name] !== undefined)

export class Handlers {
  readonly #handlers: TaskHandlers
  readonly #context: TaskContext
  readonly #args: readonly unknown[]
  readonly #say: (saying: Saying) => void

  constructor(handlers: TaskHandlers, context: TaskContext, args: readonly unknown[], say: (saying: Saying) => void) {
    this.#handlers = handlers
    this.#context = context
    this.#args = args
    this.#say = say
  }

  beforeStart(): Promise<void> | undefined {
    return this.#run('beforeStart', [this.#args])
  }

  async succeeded(value: unknown): Promise<void> {
    await this.#run('onSuccess', [value, this.#args])
    await this.#run('afterReturn', [{ state: 'SUCCESS', value, args: this.#args }])
  }

  async failed(error: Error): Promise<void> {
    await this.#run('onFailure', [error, this.#args])
    await this.#run('afterReturn', [{ state: 'FAILURE', error, args: this.#args }])
  }

  retried(error: Error): Promise<void> | undefined {
    return this.#run('onRetry', [error, this.#args])
  }

  /** Nothing, and no promise, where there is no such handler. */
  #run(name: keyof TaskHandlers, args: readonly unknown[]): Promise<void> | undefined {
    const handler = this.#handlers[name] as ((...args: readonly unknown[]) => unknown) | undefined
    return handler === undefined ? undefined : this.#call(name, handler, args)
  }

  async #call(
    name: string,
    handler: (...args: readonly unknown[]) => unknown,
    args: readonly unknown[],
  ): Promise<void> {
    try {
      await handler.apply(this.#context, args as unknown[])
    } catch (thrown) {
      const message = `the handler ${name} of "${this.#context.taskName}" threw`
      const error = TaskSignal.is(thrown)
        ? new ConfigurationError(`${thrown.body.kind}() has no effect in a handler`)
        : thrown
      this.#say({ kind: 'warning', message, error: encodeError(error) })
    }
  }
}
