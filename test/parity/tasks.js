/**
 * The tasks that the corpus names, in plain JavaScript so that every Node's worker threads can import them. Each checks how many arguments
 * it gets and of what type, as the Python functions did that were observed; what it records goes to the file of `effects.js`.
 */
import { setTimeout } from 'node:timers/promises'
import { defineTasks, registerErrors } from 'celeriac'
import { record } from './effects.js'

class ValueError extends Error {
  name = 'ValueError'
}
class RuntimeError extends Error {
  name = 'RuntimeError'
}
registerErrors(ValueError, RuntimeError)

/** A task that takes exactly the parameters that `fn` declares. */
const exact = (fn) => {
  const counted = (...args) => {
    if (args.length !== fn.length) throw new TypeError(`it takes ${fn.length} arguments but ${args.length} were given`)
    return fn(...args)
  }
  return counted
}

const isFailure = (value) => typeof value?.taskId === 'string' && value.error instanceof Error
const isPlainObject = (value) => Object.prototype.toString.call(value) === '[object Object]' && !isFailure(value)

function number(value) {
  if (typeof value !== 'number') throw new TypeError(`a number is needed, not ${typeof value}`)
  return value
}

function list(value) {
  if (!Array.isArray(value)) throw new TypeError(`a list is needed, not ${typeof value}`)
  return value
}

/** Positional and keyword arguments apart: the latter are the trailing options object. */
function split(given) {
  const hasKwargs = isPlainObject(given.at(-1))
  return { args: hasKwargs ? given.slice(0, -1) : given, kwargs: hasKwargs ? given.at(-1) : {} }
}

/** What an errback in Celery is told is the id of the failed call, so that is what a recorded failure stands for. */
function recorded(value) {
  if (isFailure(value)) return value.taskId
  return Array.isArray(value) ? value.map(recorded) : value
}

const total = (numbers) => numbers.reduce((sum, value) => sum + number(value), 0)
const totalNested = (value) =>
  Array.isArray(value) ? value.reduce((sum, one) => sum + totalNested(one), 0) : number(value)
const multiply = exact((x, y) => number(x) * number(y))
const failWith =
  (ErrorClass, label) =>
  (...args) => {
    throw new ErrorClass(`${label}:${args.at(-1) ?? 'boom'}`)
  }

/** An errback that records the failure it was told of. */
const errback =
  (task) =>
  (failure, { label = '' } = {}) => {
    const { name, message } = failure.error
    record({ task, label, exc_type: name, exc_message_contains: message })
  }
const noteFailure = errback('onerr')
const noteFailureBeforeRaising = errback('onerr_raises')

export const tasks = defineTasks(import.meta.url, {
  add: exact((x, y) => number(x) + number(y)),
  mul: multiply,
  multiply,
  sub: exact((x, y) => number(x) - number(y)),
  neg: exact((x) => -number(x)),
  tsum: exact((numbers) => total(list(numbers))),
  xsum: exact(totalNested),
  identity: exact((x) => x),
  length: exact((xs) => list(xs).length),
  concat: (...parts) => parts.join(''),
  noop() {},
  pack: (...args) => args,
  show: (...given) => split(given),
  fail: failWith(ValueError, 'fail'),
  fail_type: failWith(TypeError, 'fail_type'),
  fail_if: exact((x, n) => {
    if (x === n) throw new ValueError(`fail_if:${n}`)
    return x
  }),
  rec(...given) {
    const { args, kwargs } = split(given)
    record({ task: 'rec', args: recorded(args), kwargs })
    return args[0]
  },
  onerr(...given) {
    noteFailure(...given)
  },
  onerr_raises(...given) {
    noteFailureBeforeRaising(...given)
    throw new RuntimeError('errback failed')
  },
  onerr_old: exact((failure) => {
    record({ task: 'onerr_old', id: failure.taskId })
  }),
  sleep_ms: exact((ms, x) => setTimeout(ms, x)),
})
