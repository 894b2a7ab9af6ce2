/**
 * What the tasks of the property tests do: pure functions of their arguments. The runtime's workers, the simulator and the reference
 * evaluator all ask here, so they can only differ in which calls run, with what, and what follows. Plain JavaScript, since worker
 * threads load it on every Node.
 */

/** The text of a call's last tag: every call site has one, behind all that comes in. */
const tagOf = (args) => args.findLast((arg) => typeof arg === 'string' && arg.startsWith('#')) ?? '#?'

function hash(text) {
  let sum = 0
  for (let i = 0; i < text.length; i++) sum = (sum * 31 + text.charCodeAt(i)) % 1_000_003
  return sum
}

export const behaviours = {
  /** All it was given, so that nothing that came in can be lost unseen. */
  pack: (...args) => args,
  count: (...args) => args.length,
  nothing: () => undefined,
  fail(...args) {
    throw new RangeError(`fail ${tagOf(args)}`)
  },
  /** Fails for about a third of all arguments. */
  picky(...args) {
    const sum = hash(show(args))
    if (sum % 3 === 0) throw new TypeError(`picky ${tagOf(args)} ${sum}`)
    return sum
  },
}

/** Turns of the microtask queue that a call takes, so that calls that start together do not end in the order of their start. */
export const turnsOf = (args) => hash(tagOf(args)) % 5

/** A value as text. Ids, messages that hold ids, and stacks are left out: they differ from run to run. */
export function show(value) {
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`
  if (value instanceof Error) return showError(value)
  if (typeof value !== 'object' || value === null) return value === undefined ? 'undefined' : JSON.stringify(value)
  if ('traceback' in value) return showFailure(value)
  return `{ ${Object.entries(value)
    .map(([key, one]) => `${key}: ${show(one)}`)
    .join(', ')} }`
}

function showError(error) {
  if (error.name === 'ChordError') return `ChordError(${show(error.cause)})`
  return error.name === 'WorkerLostError' ? error.name : `${error.name}(${JSON.stringify(error.message)})`
}

/** Where a body without any task stands is nobody's business. */
const showFailure = ({ taskName, path, args, attempt, error }) =>
  `failure of ${taskName === '' ? 'nothing' : `${taskName}${show(args)} at "${path}"`}, attempt ${attempt}: ${show(error)}`

/** A call as text. */
export const showCall = (task, args) => `${task}(${args.map(show).join(', ')})`
