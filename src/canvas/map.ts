/** `chunks`: a group of starmaps over slices. Map and starmap are made by tasks and signatures themselves. */
import { ConfigurationError, InvalidCanvasError } from '../errors.js'
import { show } from '../option-rules.js'
import type { Canvas, Chunks } from './canvas.js'
import { listsOfArguments } from './items.js'
import { isCanvas } from './options.js'
import { type AnySignature, makeChunks } from './shape.js'
import { signature } from './signature.js'
import type { AnyTask, Args, CanvasOf, TaskLike } from './typing.js'

/**
 * A group of starmaps over consecutive slices, as `task.chunks`; also for a signature with bound arguments, which come behind the item.
 *
 * @param size - Items per slice: a whole number from 1; `Infinity` makes one slice.
 * @throws {@link InvalidCanvasError} if `task` is neither a task nor a signature; {@link ConfigurationError} for a wrong size.
 * @see https://docs.celeryq.dev/en/stable/userguide/canvas.html#chunks
 * @example
 * await runtime.run(chunks(add, [[1, 1], [2, 2], [3, 3]], 2)) // [[2, 4], [6]]
 */
export function chunks<P extends Args, R>(
  task: TaskLike<P, R> | (CanvasOf<P, R> & { readonly kind: 'task' }),
  items: Iterable<Readonly<NoInfer<P>>>,
  size: number,
): Chunks<Args, R[][]>
export function chunks(task: unknown, items: Iterable<unknown>, size: unknown): unknown {
  if (!isSize(size))
    throw new ConfigurationError(
      `chunks: option "size" must be a whole number from 1, or Infinity, and is ${show(size)}`,
      'size',
      size,
    )
  return makeChunks(signatureOf(task), listsOfArguments(items), size)
}

function signatureOf(task: unknown): AnySignature {
  if (isCanvas(task) && task.kind === 'task') return task as Canvas as AnySignature
  if (typeof task === 'function' && 'taskName' in task) return signature(task as unknown as AnyTask, [])
  throw new InvalidCanvasError(`a task or a signature is needed here, and this is ${show(task)}`, 'task')
}

const isSize = (value: unknown): value is number =>
  value === Infinity || (typeof value === 'number' && Number.isInteger(value) && value >= 1)
