/** What a stream may be asked for, and the canvases that its items become. */
import type { Canvas } from '../canvas/canvas.js'
import { isCanvas, type StoredOptions } from '../canvas/options.js'
import { withOptions } from '../canvas/shape.js'
import type { AnyCanvas } from '../canvas/typing.js'
import { ConfigurationError, InvalidCanvasError } from '../errors.js'
import { abortSignal, checkOptions, flag, show, wholeFrom } from '../option-rules.js'
import { requireStreamable } from './stream-source.js'

/** How `runtime.map` and `runtime.starmap` stream. */
export interface MapOptions {
  /** Most items pulled and not yet handed out. Default `4 × threads × chunkSize`; from 1. */
  readonly window?: number
  /** Hand out in the order of the items; `false`: as they finish. Default `true`. */
  readonly ordered?: boolean
  /** Items per call; from 1. Default: found by measuring. */
  readonly chunkSize?: number
  /** Aborting it ends the iteration with its reason. */
  readonly signal?: AbortSignal
}

/** A stream with nothing left to guess. */
export interface StreamPlan {
  readonly items: unknown
  /** Each item is a list of arguments. */
  readonly isStarmap: boolean
  /** The canvas of one call. */
  canvasOf(chunk: readonly unknown[]): AnyCanvas
  readonly window: number | undefined
  readonly chunkSize: number | undefined
  readonly ordered: boolean
  readonly signal: AbortSignal | undefined
}

const RULES = { window: wholeFrom(1), ordered: flag, chunkSize: wholeFrom(1), signal: abortSignal }

/**
 * The plan for a call of `runtime.map` or `runtime.starmap`.
 *
 * @throws {@link InvalidCanvasError} for what is no task, or cannot be iterated; {@link ConfigurationError} for a wrong option.
 */
export function streamPlan(method: 'map' | 'starmap', task: unknown, items: unknown, options: unknown): StreamPlan {
  const mappable = requireMappable(task)
  requireStreamable(items)
  checkOptions(method, options, RULES)
  const { window, ordered = true, chunkSize, signal } = (options ?? {}) as MapOptions
  if (window !== undefined && chunkSize !== undefined && chunkSize > window)
    throw new ConfigurationError(
      `${method}: option "chunkSize" must be at most "window" (${window}), and is ${chunkSize}`,
      'chunkSize',
      chunkSize,
    )
  const carried = carriedBy(method, mappable)
  const canvasOf = (chunk: readonly unknown[]): AnyCanvas => withOptions(mappable[method](chunk) as Canvas, carried)
  return { items, isStarmap: method === 'starmap', canvasOf, window, chunkSize, ordered, signal }
}

/** What tasks and signatures can both do. */
interface Mappable {
  readonly options: object
  map(items: readonly unknown[]): AnyCanvas
  starmap(items: readonly unknown[]): AnyCanvas
}

function requireMappable(task: unknown): Mappable {
  const isTask = typeof task === 'function' && 'taskName' in task
  if (isTask || (isCanvas(task) && task.kind === 'task')) return task as unknown as Mappable
  throw new InvalidCanvasError(`a task or a signature is needed here, and this is ${show(task)}`, 'task')
}

/** The options of a signature hold for every call of the stream; its links are ignored, as those of any mapped signature. */
function carriedBy(method: string, mappable: Mappable): StoredOptions {
  if (!isCanvas(mappable)) return {}
  const { link, linkError, taskId, ...carried } = mappable.options as StoredOptions
  if (taskId !== undefined)
    throw new ConfigurationError(
      `${method}: a stream is many calls, which cannot all have one "taskId"`,
      'taskId',
      taskId,
    )
  return carried
}
