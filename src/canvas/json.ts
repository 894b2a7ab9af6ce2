/**
 * How Celery writes a canvas: the types of its JSON, and the names by which it tells the kinds apart. The way in is
 * from-json.ts, the way out to-json.ts; nothing else in the library knows of seconds and snake_case.
 */

/** A canvas as Celery writes it: seconds and snake_case. */
export type CanvasJSON = SignatureJSON | ChainJSON | GroupJSON | ChordJSON | MapJSON | StarmapJSON | ChunksJSON

interface DictJSON<Task extends string, Type extends string | null, Kwargs> {
  task: Task
  args: unknown[]
  kwargs: Kwargs
  options: OptionsJSON
  subtask_type: Type
  immutable: boolean
}

/** One call. */
export interface SignatureJSON extends DictJSON<string, null, Record<string, unknown>> {}

/** Steps in `kwargs.tasks`. */
export interface ChainJSON extends DictJSON<'celery.chain', 'chain', { tasks: CanvasJSON[] }> {}

/** Members in `kwargs.tasks`. */
export interface GroupJSON extends DictJSON<'celery.group', 'group', { tasks: CanvasJSON[] }> {}

/** A header, as list or group, and a body; `kwargs.kwargs` are merged into each header task. */
export interface ChordJSON
  extends DictJSON<
    'celery.chord',
    'chord',
    { kwargs?: Record<string, unknown>; header: CanvasJSON[] | CanvasJSON; body: CanvasJSON }
  > {}

/** `subtask_type` is null: the task name tells what it is; likewise for the next two. */
export interface MapJSON extends DictJSON<'celery.map', null, { task: SignatureJSON; it: unknown[] }> {}

/** Each item is a list of arguments. */
export interface StarmapJSON extends DictJSON<'celery.starmap', null, { task: SignatureJSON; it: unknown[][] }> {}

/** `n` items a slice. */
export interface ChunksJSON
  extends DictJSON<'celery.chunks', null, { task: SignatureJSON; it: unknown[][]; n: number }> {}

/**
 * Call options in the dict: seconds; dates as ISO 8601. Other keys are stamps, if `stamped_headers` names them, or
 * refused.
 */
export interface OptionsJSON {
  task_id?: string
  countdown?: number
  eta?: string
  expires?: number | string
  priority?: number
  time_limit?: number
  soft_time_limit?: number
  ignore_result?: boolean
  max_retries?: number | null
  link?: CanvasJSON | CanvasJSON[]
  link_error?: CanvasJSON | CanvasJSON[]
  headers?: Record<string, unknown>
  stamped_headers?: string[]
  [key: string]: unknown
}

/** The kinds that Celery has tasks of its own for. */
export type BuiltInKind = 'chain' | 'group' | 'chord' | 'map' | 'starmap' | 'chunks'

const BUILT_IN: ReadonlyMap<string, BuiltInKind> = new Map<string, BuiltInKind>([
  ['celery.chain', 'chain'],
  ['celery.group', 'group'],
  ['celery.chord', 'chord'],
  ['celery.map', 'map'],
  ['celery.starmap', 'starmap'],
  ['celery.chunks', 'chunks'],
])

/** The kind that a task name of Celery's own stands for; `undefined` for any other name. */
export const builtInKind = (task: string): BuiltInKind | undefined => BUILT_IN.get(task)

/** The `subtask_type` of a kind. Celery leaves map, starmap and chunks to be known by their task. */
export const subtaskType = (kind: BuiltInKind | 'task'): 'chain' | 'group' | 'chord' | null =>
  kind === 'chain' || kind === 'group' || kind === 'chord' ? kind : null
