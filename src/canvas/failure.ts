/** What is known about an error that was handed out, kept beside the error and never written on it. */

/** What an errback gets in front of its own arguments. */
export interface TaskFailure {
  readonly taskId: string
  readonly taskName: string
  readonly args: readonly unknown[]
  readonly error: Error
  /** The stack in the worker, then the one at submission. */
  readonly traceback: string
  /** Where in the applied canvas, as a property path: `steps[1].members[0]`; `''` is the canvas itself. */
  readonly path: string
  /** Which run: 1 for the first, 0 if it never ran. */
  readonly attempt: number
}

const failures = new WeakMap<Error, TaskFailure>()

/** Remembers what is known about `failure.error`; the first to speak of an error keeps the word. */
export function rememberFailure(failure: TaskFailure): void {
  if (!failures.has(failure.error)) failures.set(failure.error, failure)
}

/** Says where an error happened as seen from further out. */
export function relocateFailure(error: unknown, pathFrom: (path: string) => string): void {
  const known = failureOf(error)
  if (known !== undefined) failures.set(known.error, { ...known, path: pathFrom(known.path) })
}

/**
 * What celeriac knows about an error that it handed out, be it of your own class; `undefined` for any other value.
 *
 * @example
 * try {
 *   await runtime.run(chain(load.s('a.png'), shrink.s()))
 * } catch (error) {
 *   console.log(failureOf(error)?.path) // 'steps[0]'
 * }
 */
export function failureOf(error: unknown): TaskFailure | undefined {
  return error instanceof Error ? failures.get(error) : undefined
}
