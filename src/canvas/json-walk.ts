/**
 * Reads signature dicts, outermost first, into drafts: every key, type, name and limit is checked here, so that nothing
 * is built from JSON of which any part is wrong. One loop over a stack of lists of dicts, never a recursion. It builds
 * nothing.
 */

import { flag, type OptionRule, show, wholeFrom } from '../option-rules.js'
import { builtInKind, subtaskType } from './json.js'
import { type Applied, appliedInside, withApplied } from './json-applied.js'
import type { Draft, DraftOptions, Plan } from './json-draft.js'
import { contradictionIn, rowOfKey, STAMP_NAMES, supportedKeys } from './json-options.js'
import { type Place, under } from './json-path.js'
import { readStamps } from './json-stamps.js'
import type { Reading } from './json-values.js'
import { NO_STAMPS } from './stamps.js'
import type { AnyTask } from './typing.js'

/** The only tasks there are, and how much is too much. */
export interface WalkLimits {
  readonly tasks: ReadonlyMap<string, AnyTask>
  readonly maxDepth: number
  /** Counts canvases, and what is copied over and over. */
  spend(count: number, place: Place | undefined): void
}

/** Dicts that stand in one place of a canvas: a list of them, or a single one. */
interface Slot {
  readonly dicts: readonly unknown[]
  /** Where the list is, or the single dict. */
  readonly place: Place | undefined
  readonly isList: boolean
  readonly into: Draft[]
  readonly depth: number
  readonly applied: Applied | undefined
  /** Which of the dicts get what is applied. */
  readonly appliedTo: 'all' | 'first'
  readonly wanted: 'canvas' | 'signature' | 'header'
  index: number
  /** The dict that this is the last slot of. */
  closes: object | undefined
}

/** A dict that is being read. */
interface Dict {
  readonly place: Place | undefined
  readonly fields: Readonly<Record<string, unknown>>
  readonly slot: Slot
  /** What the composites around put into it. */
  readonly applied: Applied | undefined
  /** Its own parts, to be read after it. */
  readonly slots: Slot[]
}

const KEYS = ['task', 'args', 'kwargs', 'options', 'subtask_type', 'immutable']
/** Written by older versions of Celery; it means nothing here. */
const OLD_KEYS = ['chord_size']
const NO_KWARGS: Readonly<Record<string, unknown>> = Object.freeze({})
const COUNT = wholeFrom(1)

/** Everything that `json` describes, in its order: the whole canvas first. */
export function readDrafts(json: unknown, reading: Reading, limits: WalkLimits): readonly Draft[] {
  return new Walk(reading, limits).run(json)
}

class Walk {
  readonly #reading: Reading
  readonly #limits: WalkLimits
  readonly #drafts: Draft[] = []
  readonly #todo: Slot[] = []
  /** The dicts that the walk is inside of. */
  readonly #open = new Set<unknown>()

  constructor(reading: Reading, limits: WalkLimits) {
    this.#reading = reading
    this.#limits = limits
  }

  run(json: unknown): readonly Draft[] {
    this.#todo.push(slotOf([json], undefined, { isList: false }))
    for (let slot = this.#todo.at(-1); slot !== undefined; slot = this.#todo.at(-1)) {
      if (slot.index < slot.dicts.length) this.#read(slot, slot.index++)
      else {
        this.#todo.pop()
        this.#open.delete(slot.closes)
      }
    }
    return this.#drafts
  }

  #read(slot: Slot, index: number): void {
    const source = slot.dicts[index]
    const place = slot.isList ? under(slot.place, index) : slot.place
    if (this.#open.has(source)) throw this.#reading.refusal('this canvas contains itself', place)
    if (slot.depth > this.#limits.maxDepth)
      throw this.#reading.refusal(`canvases are nested deeper than maxDepth, ${this.#limits.maxDepth}, allows`, place)
    this.#limits.spend(1, place)
    const applied = slot.appliedTo === 'all' || index === 0 ? slot.applied : undefined
    const dict = { place, fields: this.#reading.fields(source, place, KEYS, OLD_KEYS), slot, applied, slots: [] }
    const draft: Draft = { plan: this.#plan(dict), options: this.#options(dict), made: undefined }
    this.#drafts.push(draft)
    slot.into.push(draft)
    this.#enter(source, dict.slots)
  }

  #enter(source: unknown, slots: Slot[]): void {
    const last = slots.at(-1)
    if (last === undefined) return
    last.closes = source as object
    this.#open.add(source)
    while (slots.length > 0) this.#todo.push(slots.pop() as Slot)
  }

  #plan(dict: Dict): Plan {
    const { task, subtask_type: type } = dict.fields
    if (typeof task !== 'string')
      throw this.#wrong(dict, 'task', `the name of a task is needed here, and this is ${show(task)}`)
    const kind = builtInKind(task) ?? 'task'
    if (type !== subtaskType(kind))
      throw this.#wrong(
        dict,
        'subtask_type',
        `this must be ${show(subtaskType(kind))} for the task ${show(task)}, and is ${show(type)}`,
      )
    this.#check(dict, 'immutable', flag)
    if (dict.slot.wanted === 'signature' && kind !== 'task')
      throw this.#wrong(dict, 'task', `only a plain task can be mapped, no ${kind}`)
    if (dict.slot.wanted === 'header' && kind === 'chain')
      throw this.#wrong(
        dict,
        'task',
        'a header is a list of canvases or a group; of a chain, Celery would run the steps side by side',
      )
    switch (kind) {
      case 'task':
        return this.#call(dict, task)
      case 'chain':
      case 'group':
        return { kind, parts: this.#parts(dict, kind) }
      case 'chord':
        return this.#chord(dict)
      default:
        return this.#mapped(dict, kind)
    }
  }

  #call(dict: Dict, name: string): Plan {
    const task = this.#limits.tasks.get(name)
    if (task === undefined)
      throw this.#wrong(dict, 'task', `unknown task ${show(name)}: fromJSON was given no task of that name`)
    const kwargs = this.#reading.copyRecord(dict.fields.kwargs, under(dict.place, 'kwargs'))
    const fields = {
      kind: 'task',
      task: task.taskName,
      moduleUrl: task.moduleUrl,
      args: Object.freeze(this.#args(dict)),
      kwargs: Object.keys(kwargs).length === 0 ? NO_KWARGS : Object.freeze(kwargs),
      immutable: dict.fields.immutable === true,
    } as const
    return withApplied(fields, dict.applied, (count) => this.#limits.spend(count, dict.place))
  }

  #parts(dict: Dict, kind: 'chain' | 'group'): readonly Draft[] {
    const place = under(dict.place, 'kwargs')
    const { tasks } = this.#reading.fields(dict.fields.kwargs, place, ['tasks'], [])
    const applied = this.#applied(dict, undefined)
    return this.#list(dict, tasks, under(place, 'tasks'), { applied, appliedTo: kind === 'chain' ? 'first' : 'all' })
  }

  #chord(dict: Dict): Plan {
    const place = under(dict.place, 'kwargs')
    const found = this.#reading.fields(dict.fields.kwargs, place, ['header'], ['kwargs', 'body', ...OLD_KEYS])
    const given = Object.hasOwn(found, 'kwargs') ? this.#reading.copyRecord(found.kwargs, under(place, 'kwargs')) : {}
    const applied = this.#applied(dict, Object.keys(given).length === 0 ? undefined : given)
    if (!Object.hasOwn(found, 'body') || found.body === null)
      throw this.#reading.refusal('a chord needs a body', under(place, 'body'))
    const isList = Array.isArray(found.header)
    const header = isList
      ? this.#list(dict, found.header, under(place, 'header'), { applied })
      : this.#one(dict, found.header, under(place, 'header'), { applied, wanted: 'header' })
    return { kind: 'chord', header, isList, body: this.#one(dict, found.body, under(place, 'body')) }
  }

  #mapped(dict: Dict, kind: 'map' | 'starmap' | 'chunks'): Plan {
    const place = under(dict.place, 'kwargs')
    if (this.#args(dict).length > 0) throw this.#wrong(dict, 'args', `${kind} takes its arguments from its items alone`)
    const found = this.#reading.fields(
      dict.fields.kwargs,
      place,
      kind === 'chunks' ? ['task', 'it', 'n'] : ['task', 'it'],
      [],
    )
    const items = this.#reading.copyList(found.it, under(place, 'it'))
    const wrong = kind === 'map' ? -1 : items.findIndex((item) => !Array.isArray(item))
    if (wrong >= 0)
      throw this.#reading.refusal(
        `a list of arguments is needed here, and this is ${show(items[wrong])}`,
        under(under(place, 'it'), wrong),
      )
    if (kind === 'chunks' && !COUNT.accepts(found.n))
      throw this.#reading.refusal(`this must be ${COUNT.expected}, and is ${show(found.n)}`, under(place, 'n'))
    const task = this.#one(dict, found.task, under(place, 'task'), { wanted: 'signature' })
    return kind === 'chunks' ? { kind, task, items, size: found.n as number } : { kind, task, items }
  }

  #options(dict: Dict): DraftOptions | undefined {
    const place = under(dict.place, 'options')
    const given = dict.fields.options
    const keys = this.#reading.keys(given, place)
    if (keys.length === 0) return undefined
    const found: Record<string, unknown> = {}
    const rest: Record<string, unknown> = {}
    const stamps = keys.includes(STAMP_NAMES) ? readStamps(given as object, this.#reading, place) : NO_STAMPS
    if (stamps !== NO_STAMPS) rest.stamps = stamps
    for (const key of keys) {
      const at = under(place, key)
      const row = rowOfKey(key)
      if (row?.holds === 'names of stamps' || Object.hasOwn(stamps, key)) continue
      if (row === undefined) throw this.#reading.refusal(`unknown option; there are ${supportedKeys()}`, at)
      const value = this.#reading.own(given as object, key, place)
      if (row.holds === 'canvases')
        found[row.as] = Array.isArray(value) ? this.#list(dict, value, at) : this.#one(dict, value, at)
      else if (row.holds === 'data') rest[row.as] = Object.freeze(this.#reading.copyRecord(value, at))
      else rest[row.as] = row.read(this.#accepted(this.#reading.copy(value, place, key), row.rule, at))
    }
    const contradiction = contradictionIn(rest)
    if (contradiction !== undefined) throw this.#reading.refusal(contradiction.reason, under(place, contradiction.key))
    return { ...found, rest }
  }

  #args(dict: Dict): unknown[] {
    return this.#reading.copyList(dict.fields.args, under(dict.place, 'args'))
  }

  #applied(dict: Dict, kwargs: Readonly<Record<string, unknown>> | undefined): Applied | undefined {
    return appliedInside(dict.applied, { args: this.#args(dict), kwargs, immutable: dict.fields.immutable === true })
  }

  #list(dict: Dict, given: unknown, place: Place, more: Partial<Slot> = {}): readonly Draft[] {
    return this.#slot(dict, slotOf(this.#reading.items(given, place), place, { ...more, isList: true }))
  }

  #one(dict: Dict, given: unknown, place: Place, more: Partial<Slot> = {}): readonly Draft[] {
    return this.#slot(dict, slotOf([given], place, { ...more, isList: false }))
  }

  #slot(dict: Dict, slot: Slot): readonly Draft[] {
    dict.slots.push({ ...slot, depth: dict.slot.depth + 1 })
    return slot.into
  }

  #check(dict: Dict, key: string, rule: OptionRule): void {
    this.#accepted(dict.fields[key], rule, under(dict.place, key))
  }

  #accepted(value: unknown, rule: OptionRule, place: Place): unknown {
    if (rule.accepts(value)) return value
    throw this.#reading.refusal(`this must be ${rule.expected}, and is ${show(value)}`, place)
  }

  #wrong(dict: Dict, key: string, reason: string): Error {
    return this.#reading.refusal(reason, under(dict.place, key))
  }
}

const slotOf = (
  dicts: readonly unknown[],
  place: Place | undefined,
  more: Partial<Slot> & { readonly isList: boolean },
): Slot => ({
  dicts,
  place,
  into: [],
  depth: 1,
  applied: undefined,
  appliedTo: 'all',
  wanted: 'canvas',
  index: 0,
  closes: undefined,
  ...more,
})
