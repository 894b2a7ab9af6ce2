/** The tasks of the conformance suite, in a module of their own so that worker threads can import it. Plain JavaScript: it runs on every Node. */
import { currentTask, defineTasks, registerErrors, task } from 'celeriac'

export class PaymentError extends Error {
  constructor(message, status) {
    super(message)
    this.name = 'PaymentError'
    this.status = status
    this.code = 'E_PAYMENT'
  }
}
registerErrors(PaymentError)

class UnknownError extends Error {
  name = 'UnknownError'
  detail = { tries: 2 }
}

const deep = (levels) => {
  let value = 0
  for (let i = 0; i < levels; i++) value = [value]
  return value
}

export const tasks = defineTasks(import.meta.url, {
  add: (x, y) => x + y,
  mul: async (x, y) => x * y,
  tsum: (numbers) => numbers.reduce((a, b) => a + b, 0),
  identity: (x) => x,
  pack: (...args) => args,
  nothing() {},
  /** Says that it has begun, and ends when its gate is opened from outside. */
  async untilOpen(gate) {
    this.progress('begun')
    while (Atomics.load(gate, 0) === 0) await new Promise((resolve) => setImmediate(resolve))
    return 'open'
  },
  upper: (text, options) => `${text.toUpperCase()}${options?.suffix ?? ''}`,
  fail(...args) {
    throw new RangeError(`fail:${args.at(-1) ?? 'boom'}`)
  },
  failIf(x, n) {
    if (x === n) throw new RangeError(`fail:${n}`)
    return x
  },
  pay() {
    throw new PaymentError('declined', 402)
  },
  unknownError() {
    throw new UnknownError('who am I', { cause: new TypeError('inner') })
  },
  aggregate() {
    throw new AggregateError([new TypeError('one'), new RangeError('two')], 'both')
  },
  throwValue(value) {
    throw value
  },
  throwNull() {
    throw null
  },
  throwSymbol() {
    throw Symbol('s')
  },
  throwProxy() {
    throw new Proxy(new Error('p'), {
      get: () => {
        throw new Error('trap')
      },
    })
  },
  throwBadMessage() {
    throw Object.defineProperty(new Error('x'), 'message', {
      get: () => {
        throw new Error('getter')
      },
    })
  },
  rejectNull: () => Promise.reject(null),
  returnFunction: () => () => 1,
  returnPromiseInside: () => ({ inner: Promise.resolve(1) }),
  returnGetter: () => ({
    get bad() {
      throw new Error('getter')
    },
  }),
  returnProxy: () => new Proxy({}, {}),
  returnSymbol: () => Symbol('s'),
  returnWeakMap: () => ({ weak: new WeakMap() }),
  returnDeep: (levels) => deep(levels),
  depthOf(value) {
    let levels = 0
    for (let at = value; Array.isArray(at); at = at[0]) levels++
    return levels
  },
  returnError: () => new PaymentError('as a value', 409),
  isPaymentError: (error) => error instanceof PaymentError && error.status === 409,
  whatFailed: (failure, label) => ({
    label,
    taskName: failure.taskName,
    name: failure.error.name,
    message: failure.error.message,
    cause: failure.error.cause?.message,
    path: failure.path,
    attempt: failure.attempt,
    args: failure.args,
    isError: failure.error instanceof Error,
  }),
  context() {
    const { id, taskName, rootId, parentId, groupId, groupIndex, headers } = this
    return { id, taskName, rootId, parentId, groupId, groupIndex, headers }
  },
  contextOfArrow: () => currentTask().taskName,
  mutate(list) {
    list.push('changed')
    return list
  },
  callsRuntime: async () => {
    const { createRuntime } = await import('celeriac')
    createRuntime()
  },
  exit(code) {
    process.exit(code)
  },
  tracked: task({ trackStarted: true, name: 'renamed.tracked' }, (x) => x),
})

/** Released by the test, so that calls can be held without a clock. Only for the inline executor. */
export const gates = { open: undefined, reached: undefined }
