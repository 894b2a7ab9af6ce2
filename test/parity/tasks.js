/**
 * The tasks that the corpus names, in plain JavaScript so that every Node's worker threads can import them. Each checks how many arguments
 * it gets and of what type, as the Python functions did that were observed; what it records goes to the file of `effects.js`.
 */
import { setTimeout } from 'node:timers/promises'
import { defineTasks, fromJSON, registerErrors, task } from 'celeriac'
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

/** The canvas of a dict that a task got as its last argument; what is in front of it are the canvas's arguments. */
function splitCanvas(given) {
  return { pre: given.slice(0, -1), canvas: fromJSON(given.at(-1), { tasks }) }
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

/** A task that runs until it was retried `n` times, by `retry` with `options`. */
const retriesUntil = (name, options) =>
  function (x, n) {
    record({ task: name, args: [x, n], retries: this.retries })
    if (this.retries < n) this.retry({ countdown: 0, ...options })
    return x
  }

const thrown = (error) => ({ exc_type: error.name, exc_message_contains: error.message })

/** Handlers that record what they were told. */
const recordingHandlers = {
  beforeStart(args) {
    record({ task: 'before_start', args, kwargs: {} })
  },
  onSuccess(retval, args) {
    record({ task: 'on_success', retval, args, kwargs: {} })
  },
  onFailure(error, args) {
    record({ task: 'on_failure', ...thrown(error), args, kwargs: {} })
  },
  onRetry(error, args) {
    record({ task: 'on_retry', ...thrown(error), args, kwargs: {} })
  },
  afterReturn({ state, value, error, args }) {
    record({ task: 'after_return', status: state, retval: error ? thrown(error) : value, args, kwargs: {} })
  },
}

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
  retry_until: retriesUntil('retry_until'),
  retry_exc: retriesUntil('retry_exc', { error: new ValueError('gave up') }),
  retry_once: task({ maxRetries: 1 }, retriesUntil('retry_once')),
  retry_newargs(x) {
    record({ task: 'retry_newargs', args: [x], retries: this.retries })
    if (this.retries < 2) this.retry({ countdown: 0, args: [x + 10] })
    return x
  },
  auto_retry: task({ retryFor: [ValueError], maxRetries: 2, retryDelay: 0 }, function (x, n) {
    record({ task: 'auto_retry', args: [x, n], retries: this.retries })
    if (this.retries < n) throw new ValueError(`auto:${this.retries}`)
    return x
  }),
  auto_retry_not_type: task(
    { retryFor: [Error], dontRetryFor: [TypeError], maxRetries: 2, retryDelay: 0 },
    function (x, kind) {
      record({ task: 'auto_retry_not_type', args: [x, kind], retries: this.retries })
      if (kind === 'type') throw new TypeError('not retried')
      if (kind === 'value' && this.retries < 1) throw new ValueError('retried')
      return x
    },
  ),
  replace_with(...given) {
    const { pre, canvas } = splitCanvas(given)
    return this.replace(pre.length > 0 ? canvas.partial(...pre) : canvas)
  },
  add_to_chord(...given) {
    const { pre, canvas } = splitCanvas(given)
    this.addToChord(canvas)
    return pre[0]
  },
  spawn(...given) {
    const { pre, canvas } = splitCanvas(given)
    this.apply(canvas.partial(...pre))
  },
  ignore_me() {
    this.ignore()
  },
  progress(x) {
    this.updateState('PROGRESS', { x })
    this.ignore()
  },
  progress_then(x) {
    this.updateState('PROGRESS', { x })
    return x
  },
  quiet: task({ ignoreResult: true }, (x) => {
    record({ task: 'quiet', args: [x] })
    return x
  }),
  handled: task(recordingHandlers, function (x, mode) {
    if (mode === 'fail') throw new ValueError('handled')
    if (mode === 'retry' && this.retries === 0) this.retry({ countdown: 0, error: new ValueError('again') })
    if (mode === 'ignore') this.ignore()
    return x
  }),
})
