/**
 * The compact form of what crosses with every batch: lists in place of objects, and nothing where nothing is said, since structured clone
 * writes every name and every `undefined`. It knows no more of a batch than its form.
 *
 * `npm run bench -- latency` justifies it: a lone call's message clones in a quarter of the time.
 */
import type { Column, Rows } from '../serialization/columns.js'
import type { AnswerMessage, BatchMessage, EndMessage, OutcomeMessage, PartMessage, Who } from './protocol.js'

export type WireBatch = readonly [batch: number, cursor: number, ...parts: WirePart[]]

type WirePart = readonly [
  taskName: string,
  moduleUrl: string,
  size: number,
  flags: number,
  idPrefix: string,
  workflow: number | readonly number[],
  node: number,
  /** A flat table; nothing if the rows are among the rest. */
  width: number | undefined,
  values: Column | undefined,
  rest?: Rest,
]

/** What most parts do not have. */
type Rest = Partial<Omit<Who, 'idPrefix' | 'workflow' | 'node' | 'mayAddToChord'>> &
  Partial<Pick<PartMessage, 'how' | 'items' | 'policy'>> & { args?: Rows }
type Growing<T> = { -readonly [K in keyof T]: T[K] }

const LINKED = 1
const DEAF = 2
const DROPS_LINKS = 4
const MAY_ADD = 8

export const batchToWire = ({ batch, cursor, parts }: BatchMessage): WireBatch => [
  batch,
  cursor,
  ...parts.map(partToWire),
]

export const batchFromWire = ([batch, cursor, ...parts]: WireBatch): BatchMessage => ({
  batch,
  cursor,
  parts: parts.map(partFromWire),
})

function partToWire(part: PartMessage): WirePart {
  const { taskName, moduleUrl, size, args, who } = part
  const isFlat = 'width' in args
  const flags =
    (part.isLinked ? LINKED : 0) |
    (part.isDeaf ? DEAF : 0) |
    (part.dropsLinks ? DROPS_LINKS : 0) |
    (who.mayAddToChord ? MAY_ADD : 0)
  const rest = restOf(part)
  const [width, values] = isFlat ? [args.width, args.values] : [undefined, undefined]
  const { idPrefix, workflow, node } = who
  return rest === undefined
    ? [taskName, moduleUrl, size, flags, idPrefix, workflow, node, width, values]
    : [taskName, moduleUrl, size, flags, idPrefix, workflow, node, width, values, rest]
}

function restOf({ how, items, policy, args, who }: PartMessage): Rest | undefined {
  let rest: Growing<Rest> | undefined
  const add = <K extends keyof Rest>(name: K, value: Rest[K]): void => {
    if (value === undefined) return
    rest ??= {}
    rest[name] = value
  }
  if (how !== 'call') add('how', how)
  if ('rows' in args) add('args', args)
  if (who.attempt !== 1) add('attempt', who.attempt)
  add('items', items)
  add('policy', policy)
  add('id', who.id)
  add('rootId', who.rootId)
  add('parentId', who.parentId)
  add('groupId', who.groupId)
  add('groupIndex', who.groupIndex)
  add('headers', who.headers)
  add('stamps', who.stamps)
  add('eta', who.eta)
  add('expires', who.expires)
  return rest
}

const NOTHING: Rest = Object.freeze({})

function partFromWire(wire: WirePart): PartMessage {
  const [taskName, moduleUrl, size, flags, idPrefix, workflow, node, width, values, rest = NOTHING] = wire
  return {
    taskName,
    moduleUrl,
    how: rest.how ?? 'call',
    size,
    args: rest.args ?? { width: width as number, values: values as Column },
    items: rest.items,
    who: {
      idPrefix,
      workflow,
      node,
      id: rest.id,
      rootId: rest.rootId,
      parentId: rest.parentId,
      groupId: rest.groupId,
      groupIndex: rest.groupIndex,
      headers: rest.headers,
      stamps: rest.stamps,
      attempt: rest.attempt ?? 1,
      eta: rest.eta,
      expires: rest.expires,
      mayAddToChord: (flags & MAY_ADD) !== 0,
    },
    policy: rest.policy,
    isLinked: (flags & LINKED) !== 0,
    isDeaf: (flags & DEAF) !== 0,
    dropsLinks: (flags & DROPS_LINKS) !== 0,
  }
}

/** A piece of the answer to a batch; whether it is the last. */
export type WireAnswer = readonly [batch: number, isLast: boolean, ms: number, ...ends: WireEnd[]]

/** Values from a place on, or how many passed, or one outcome. */
type WireEnd =
  | readonly [place: number, values: Column]
  | readonly [place: number, passed: number]
  | readonly [place: number, outcome: OutcomeMessage, isOutcome: true]

export const answerToWire = (batch: number, { ms, ends }: AnswerMessage, isLast: boolean): WireAnswer => [
  batch,
  isLast,
  ms,
  ...ends.map(endToWire),
]

export const answerFromWire = ([_batch, _isLast, ms, ...ends]: WireAnswer): AnswerMessage => ({
  ms,
  ends: ends.map(endFromWire),
})

function endToWire(end: EndMessage): WireEnd {
  if ('outcome' in end) return [end.at, end.outcome, true]
  return 'values' in end ? [end.from, end.values] : [end.from, end.passed]
}

function endFromWire(end: WireEnd): EndMessage {
  if (end.length === 3) return { at: end[0], outcome: end[1] }
  const [from, what] = end
  return typeof what === 'number' ? { from, passed: what } : { from, values: what }
}
