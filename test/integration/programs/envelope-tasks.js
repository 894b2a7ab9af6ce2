/** Tasks that do what a task should not. */
import { EventEmitter } from 'node:events'
import { exit } from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { parentPort, threadId } from 'node:worker_threads'
import { defineTasks, task } from 'celeriac'

const handled = []

/** Ways in which something goes wrong outside of the body of a call. */
const LATE = {
  timer: () => void setTimeout(() => fail('timer')),
  immediate: () => void setImmediate(() => fail('immediate')),
  tick: () => process.nextTick(() => fail('tick')),
  microtask: () => queueMicrotask(() => fail('microtask')),
  emitter: () => void setTimeout(() => new EventEmitter().emit('error', new RangeError('emitter'))),
  rejection: () => void Promise.reject(new RangeError('rejection')),
  async: () => void delay(1).then(() => fail('async')),
}
const THROWN = {
  null: null,
  undefined,
  text: 'a text',
  symbol: Symbol('s'),
  proxy: new Proxy({}, {}),
  function: () => {},
}

function fail(message) {
  throw new RangeError(message)
}

function exitQuietly() {
  try {
    process.exit(5)
  } catch {
    return 'went on'
  }
}

const nobody = () => new Promise(() => {})

export const tasks = defineTasks(import.meta.url, {
  thread: () => threadId,
  pause: async (ms) => {
    await delay(ms)
    return threadId
  },
  exit: (code) => process.exit(code),
  reallyExit: () => process.reallyExit(4),
  namedExit: () => exit(6),
  exitQuietly,
  exitQuietlyLater: async () => exitQuietly(),
  exitAfterAwait: async () => {
    await delay(1)
    process.exit(2)
  },
  exitInTimer: () => {
    setTimeout(() => process.exit(3))
    return nobody()
  },
  exitOnceMore: task({ maxRetries: 1, retryDelay: 1, retryFor: [Error] }, function () {
    if (this.retries === 0) process.exit(1)
    return 'second run'
  }),
  exitWithHandler: task({ onFailure: (error) => void handled.push(error.code) }, () => {
    setTimeout(() => process.exit(3))
    return nobody()
  }),
  handled: () => handled,
  exitCode: () => {
    process.exitCode = 3
    return process.exitCode
  },
  abort: () => process.abort(),
  chdir: () => process.chdir('/'),

  /** Is over before it goes wrong. */
  leave: (kind) => {
    LATE[kind]()
    return kind
  },
  /** Is still in progress. */
  suffer: (kind) => {
    LATE[kind]()
    return nobody()
  },
  throwInTimer: (what) => {
    setTimeout(() => {
      throw THROWN[what]
    })
    return nobody()
  },
  retryInTimer: task({ maxRetries: 1, retryDelay: 1 }, function () {
    if (this.retries > 0) return 'second run'
    setTimeout(() => this.retry())
    return nobody()
  }),
  waitsForChild: function () {
    setTimeout(() => fail('while it waits'))
    return this.apply(tasks.pause.s(30)).get()
  },

  /** What it gives throws when somebody asks whether it is a promise. */
  giveBrokenThen: () => Object.defineProperty({}, 'then', { get: () => fail('then') }),
  giveHostile: () => hostile(),
  throwHostile: task({ retryFor: [RangeError] }, () => {
    throw hostile()
  }),

  post: (what) => parentPort.postMessage(JUNK[what]()),
  closePort: function () {
    parentPort.close()
    this.progress(1)
    return 'closed'
  },
})

/** Nothing can be asked of it. */
function hostile() {
  const trap = () => fail('trap')
  return new Proxy({}, { get: trap, getPrototypeOf: trap, ownKeys: trap, has: trap, getOwnPropertyDescriptor: trap })
}

const deep = () => {
  let value = []
  for (let i = 0; i < 4_000; i++) value = [value]
  return value
}

/** What a task might post, by accident or in bad faith. */
const JUNK = {
  nothing: () => null,
  text: () => 'online',
  object: () => ({ celeriac: 5 }),
  unknown: () => ({ celeriac: 'no such message' }),
  online: () => ({ celeriac: 'online' }),
  ended: () => ({ celeriac: 'ended', batch: 1 }),
  said: () => ({ celeriac: 'said', batch: 1 }),
  stray: () => ({ celeriac: 'stray' }),
  tornDown: () => ({ celeriac: 'torn-down', threadId: 1 }),
  deep,
}
