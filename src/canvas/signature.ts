/** Makes signatures: one call of one task. Tasks call this from `.s()` and `.si()`; users never need to. */
import { type AnySignature, makeSignature } from './shape.js'
import type { AnyTask } from './typing.js'

/** What a call has whose options object was not given. */
export const NO_KWARGS: Readonly<Record<string, unknown>> = Object.freeze({})

/** A signature of `task`: `args` are the call's last arguments, `kwargs` its options object. */
export function signature(
  task: AnyTask,
  args: readonly unknown[],
  kwargs: Readonly<Record<string, unknown>> = NO_KWARGS,
  immutable = false,
): AnySignature {
  return makeSignature({
    kind: 'task',
    task: task.taskName,
    moduleUrl: task.moduleUrl,
    args: Object.freeze(args),
    kwargs,
    immutable,
  })
}

/** Merges option objects shallowly, later ones winning; an own `__proto__` key stays a key. */
export function mergeKwargs(
  earlier: Readonly<Record<string, unknown>>,
  later: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.freeze({ ...earlier, ...later })
}
