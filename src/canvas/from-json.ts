/**
 * `fromJSON`: a canvas from Celery's signature dict, which is not trusted. The limits are here; the reading is in
 * json-walk.ts.
 */
import { ConfigurationError, InvalidCanvasError } from '../errors.js'
import { checkOptions, type OptionRule } from '../option-rules.js'
import type { Canvas } from './canvas.js'
import { build } from './json-build.js'
import type { Place } from './json-path.js'
import { taskList, tasksByName } from './json-tasks.js'
import { Reading } from './json-values.js'
import { readDrafts } from './json-walk.js'
import type { AnyTask } from './typing.js'

/** What {@link fromJSON} accepts, and how much of it. */
export interface FromJSONOptions {
  /**
   * Tasks, in a list or another iterable; or an object, such as a module's exports, of which all that are tasks count.
   */
  readonly tasks: Iterable<AnyTask> | Readonly<Record<string, unknown>>
  /** Deepest nesting. Default 10_000 canvases (512 for data in arguments); `Infinity`: no limit. */
  readonly maxDepth?: number
  /** Most canvases; what is met twice in an object counts twice. Default 1_000_000; `Infinity`: no limit. */
  readonly maxNodes?: number
  /**
   * Longest text in bytes, where text is given; else, as much data as such a text could hold. Default 64 MiB;
   * `Infinity`: no limit.
   */
  readonly maxBytes?: number
}

const LIMIT: OptionRule = {
  expected: 'a whole number from 1, or Infinity',
  accepts: (v) => v === Infinity || (Number.isInteger(v) && (v as number) >= 1),
}
const RULES: Readonly<Record<string, OptionRule>> = {
  tasks: taskList,
  maxDepth: LIMIT,
  maxNodes: LIMIT,
  maxBytes: LIMIT,
}

const MIB = 1024 * 1024

/**
 * Builds a canvas from Celery's signature dict, translating seconds and snake_case. Types cannot know its arguments or
 * value.
 *
 * Arguments of a chain, group or chord go in front of those of its first calls; `immutable` makes those immutable.
 * Options that celeriac has not got are refused. The name `__proto__` is refused among `kwargs` and `headers`; further
 * inside it is plain data.
 *
 * @param json - The dict, or its JSON text. Not trusted: checked whole, without recursion, before anything is built.
 * @param options.tasks - The only tasks that it may name: a list, or a module's exports. By registered name, own keys
 *   only. Tasks of `tasksFrom` must be listed one by one, since nobody knows their names before.
 * @throws {@link InvalidCanvasError} with the `path` of the first thing that is wrong: unknown task or key, wrong type,
 *   a limit; {@link ConfigurationError} if two of the tasks have one name.
 * @see https://docs.celeryq.dev/en/stable/userguide/canvas.html#signatures
 * @example
 * const text = JSON.stringify(chain(add.s(1, 1), add.s(2)))
 * await runtime.run(fromJSON(text, { tasks: [add] })) // 4
 */
export function fromJSON(json: unknown, options: FromJSONOptions): Canvas<any, unknown> {
  if (options?.tasks === undefined)
    throw new ConfigurationError('fromJSON needs the tasks that the JSON may name', 'tasks')
  checkOptions('fromJSON', options, RULES)
  const { maxDepth = 10_000, maxNodes = 1_000_000, maxBytes = 64 * MIB } = options
  const tasks = tasksByName(options.tasks)
  let spent = 0
  const spend = (count: number, place: Place | undefined): void => {
    spent += count
    if (spent > maxNodes) throw reading.refusal(`these are more canvases than maxNodes, ${maxNodes}, allows`, place)
  }
  const isParsed = typeof json === 'string'
  const reading = new Reading({
    isParsed,
    // Of a text, its length is the bound. No value takes less of it than a character, and a comma or bracket.
    ...(isParsed ? undefined : { budget: { maxValues: maxBytes / 2, spend } }),
    error: (reason, path) => new InvalidCanvasError(reason, path),
  })
  const dict = isParsed ? parsed(json, maxBytes) : json
  return reading.guard(() => build(readDrafts(dict, reading, { tasks, maxDepth, spend })))
}

function parsed(text: string, maxBytes: number): unknown {
  if (isLongerThan(maxBytes, text))
    throw new InvalidCanvasError(`this text is longer than maxBytes, ${maxBytes}, allows`)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new InvalidCanvasError(`this text is no JSON: ${(error as SyntaxError).message}`)
  }
}

/** Whether a text is longer in UTF-8. It counts only where its number of characters leaves that open. */
function isLongerThan(maxBytes: number, text: string): boolean {
  if (text.length * 3 <= maxBytes) return false
  let bytes = text.length
  // Each half of a surrogate pair is two bytes of the pair's four.
  for (let i = 0; i < text.length && bytes <= maxBytes; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0x80) bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2
  }
  return bytes > maxBytes
}
