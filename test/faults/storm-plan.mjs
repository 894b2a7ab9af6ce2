/**
 * A random workflow with faults in it, and what must become of each of its calls: a few lines over the tree, which know how each call
 * ends by itself and nothing of how celeriac runs it.
 */
import { chain, chord, group } from 'celeriac'
import { randomOf } from './rows/small-storm.mjs'

/** How long a call may take that never ends, in ms. */
const LIMIT = { timeLimit: 100 }

/** Faults that leave their thread alive: task, arguments, and how the call ends. */
const GENTLE = [
  { task: 'exit', args: [1], error: 'ProcessExitError' },
  { task: 'exitLater', args: [10, 0], error: 'ProcessExitError' },
  { task: 'throwNull', args: [], error: 'NonErrorThrown' },
  { task: 'throwSymbol', args: [], error: 'NonErrorThrown' },
  { task: 'giveFunction', args: [], error: 'SerializationError' },
  { task: 'giveThrowingGetter', args: [], error: 'SerializationError' },
  { task: 'giveNested', args: [2_000], error: 'SerializationError' },
  // Their own value is not touched by what comes later, nor is anybody else's.
  { task: 'lateError', args: [5], value: 42 },
  { task: 'lateRejection', args: [5], value: 42 },
]
/** Faults that take their thread with them. */
const DEADLY = [
  { task: 'die', args: [], error: 'WorkerLostError' },
  { task: 'dieLater', args: [10], error: 'WorkerLostError' },
  { task: 'loop', args: [], error: 'TimeLimitError', options: LIMIT },
  { task: 'never', args: [], error: 'TimeLimitError', options: LIMIT },
]
/** It takes a second, so there are few of it. */
const HEAVY = { task: 'fillHeap', args: [], error: 'WorkerLostError' }
const HEAVY_SHARE = 0.02

/** The share of calls that are faults. */
const FAULTS = 0.08

/** @param isGentle - No fault may end a thread, since calls run beside it. */
export function planner(seed, isGentle) {
  const random = randomOf(seed)
  const below = (n) => Math.floor(random() * n)
  const faults = isGentle ? GENTLE : [...GENTLE, ...DEADLY]
  let calls = 0

  const fault = () => (!isGentle && random() < HEAVY_SHARE ? HEAVY : faults[below(faults.length)])
  const call = () => {
    const number = calls++
    return random() < FAULTS
      ? { kind: 'call', number, ...fault() }
      : { kind: 'call', number, task: 'add', args: [number] }
  }
  const some = (most, make) => Array.from({ length: 1 + below(most) }, make)
  const part = (depth) => {
    const kind = depth === 0 ? 0 : below(4)
    if (kind === 1) return { kind: 'chain', parts: some(3, () => part(depth - 1)) }
    if (kind === 2) return { kind: 'group', parts: some(4, () => part(depth - 1)) }
    if (kind === 3) return { kind: 'chord', parts: some(4, () => part(depth - 1)), body: part(depth - 1) }
    return call()
  }
  return {
    /** A workflow of its own kind at the top, so that it has some calls. */
    next: () => ({ kind: 'chain', parts: [call(), part(2), part(1)] }),
    get calls() {
      return calls
    },
  }
}

/** The canvas of a plan. */
export function canvasOf(plan, tasks, idOf) {
  const inside = (parts) => parts.map((one) => canvasOf(one, tasks, idOf))
  if (plan.kind === 'chain') return chain(inside(plan.parts))
  if (plan.kind === 'group') return group(inside(plan.parts))
  if (plan.kind === 'chord') return chord(inside(plan.parts), canvasOf(plan.body, tasks, idOf))
  const signature = plan.task === 'add' ? tasks.add.s(...plan.args) : tasks[plan.task].si(...plan.args)
  const id = idOf?.(plan.number)
  return signature.set({ ...plan.options, ...(id !== undefined && { taskId: id }) })
}

/** What each call must come to, noted down by number; gives what the whole does. */
export function expected(plan, input, ends) {
  switch (plan.kind) {
    case 'chain':
      return plan.parts.reduce((before, one) => expected(one, before, ends), input)
    case 'group':
      return joined(plan.parts.map((one) => expected(one, input, ends)))
    case 'chord':
      return expected(plan.body, joined(plan.parts.map((one) => expected(one, input, ends))), ends)
    default: {
      const end = endOfCall(plan, input)
      ends.set(plan.number, end)
      return end
    }
  }
}

/** The first failure in order, or the list of values. */
const joined = (ends) => ends.find(({ error }) => error !== undefined) ?? { value: ends.map(({ value }) => value) }

function endOfCall({ task, args, value, error }, input) {
  if (input.error !== undefined) return input
  if (task !== 'add') return error === undefined ? { value } : { error }
  return { value: add(input.value, ...args) }
}

/** The harmless task: a number out of whatever comes in. */
export function add(input, number) {
  const sum = [input].flat(Number.POSITIVE_INFINITY).reduce((a, b) => a + (b ?? 0), 0)
  return (sum + number) % 1_000_003
}

/** The values of one path are told apart from those of all others by this much. */
export const describe = (end) => (end.error === undefined ? JSON.stringify(end.value) : end.error)
