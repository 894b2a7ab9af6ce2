/**
 * What does harm, and what must not come to harm, as plain functions: every contender runs these same ones. A call without a fault gives
 * 42, so that a value that is not 42 is news.
 */
import { execSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { parentPort, threadId, Worker } from 'node:worker_threads'

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const nested = (levels) => Array.from({ length: levels }).reduce((inner) => [inner], 42)

/** Ends the thread for good: an error that nothing hears. No trap for `process.exit()` keeps a thread from that. */
function endThread() {
  return endThreadBy(new Error('the end of this thread'))
}

function endThreadBy(thrown) {
  process.removeAllListeners('uncaughtException')
  setImmediate(() => {
    throw thrown
  })
  return new Promise(() => undefined)
}

class OwnError extends Error {
  constructor(message, options) {
    super(message, options)
    this.name = 'OwnError'
    this.code = 'E_OWN'
    this.extra = { a: 1 }
    this.retryable = true
  }
}

const harmless = {
  answer: () => 42,
  echo: (value) => value,
  sizeOf: (value) => value.byteLength ?? value.length,
  later: async (ms) => {
    await sleep(ms)
    return 42
  },
  /** Says that it runs, and holds its thread until it is let go. */
  hold: (cells) => {
    Atomics.add(cells, 1, 1)
    Atomics.notify(cells, 1)
    Atomics.wait(cells, 0, 0)
    return 42
  },
  count: (cells) => {
    Atomics.add(cells, 0, 1)
    return 42
  },
  order: (cells, number) => {
    cells[Atomics.add(cells, 0, 1) + 1] = number
    return 42
  },
  spin: (ms) => {
    for (const end = performance.now() + ms; performance.now() < end; );
    return 42
  },
  whichThread: () => threadId,
}

const losses = {
  exit: (code) => process.exit(code),
  exitLater: async (ms, code) => {
    await sleep(ms)
    process.exit(code)
  },
  die: endThread,
  dieOfNull: () => endThreadBy(null),
  countThenDie: (cells) => {
    Atomics.add(cells, 0, 1)
    return endThread()
  },
  dieLater: async (ms) => {
    await sleep(ms)
    await endThread()
  },
  holdThenDie: (cells) => {
    harmless.hold(cells)
    return endThread()
  },
  abortProcess: () => process.abort(),
  changeDirectory: () => process.chdir('/'),
  killProcess: () => {
    process.kill(process.pid, 'SIGTERM')
    return 42
  },
  /** A list that grows item by item: one large allocation that fails would end the process. */
  fillHeap: () => {
    for (let kept = null, number = 0; ; number++) kept = { kept, text: `${number}` }
  },
  parseTooMuch: () => JSON.parse(`[${'{"a":[1,2,3]},'.repeat(600_000)}0]`).length,
  growMap: () => {
    const map = new Map()
    for (let i = 0; ; i++) map.set(i, i)
  },
  fillBuffers: () => {
    const kept = Array.from({ length: 30 }, () => Buffer.alloc(2 ** 24, 1))
    return kept.length === 30 ? 42 : 0
  },
}

const throwing = {
  overflow: () => {
    const again = () => again() + 1
    return again()
  },
  throwError: () => {
    throw new Error('plain')
  },
  rejectError: async () => {
    throw new TypeError('rejected')
  },
  throwOwn: () => {
    throw new OwnError('own', { cause: new RangeError('behind') })
  },
  throwAggregate: () => {
    throw new AggregateError([new TypeError('one'), new RangeError('two')], 'both')
  },
  throwDom: () => {
    throw new DOMException('gone', 'NotFoundError')
  },
  throwNull: () => {
    throw null
  },
  rejectNull: () => Promise.reject(null),
  throwUndefined: () => {
    throw undefined
  },
  throwText: () => {
    throw 'text'
  },
  throwObject: () => {
    throw { a: 1 }
  },
  throwSymbol: () => {
    throw Symbol('thrown')
  },
  throwFunction: () => {
    throw () => 42
  },
  throwProxy: () => {
    throw new Proxy({}, {})
  },
  throwBadCause: () => {
    throw new Error('bad cause', { cause: () => 42 })
  },
  throwBadMessage: () => {
    const error = new Error('x')
    Object.defineProperty(error, 'message', {
      get() {
        throw new Error('no message')
      },
    })
    throw error
  },
  throwFrozen: () => {
    throw Object.freeze(new Error('frozen'))
  },
  throwWithFunction: () => {
    throw Object.assign(new Error('with function'), { handler: () => 42 })
  },
  throwLong: (length) => {
    throw new Error('x'.repeat(length))
  },
}

const giving = {
  giveFunction: () => () => 42,
  givePromiseInside: () => ({ promise: Promise.resolve(42) }),
  giveProxy: () => new Proxy({}, {}),
  giveWeakMap: () => new WeakMap(),
  giveSymbol: () => Symbol('given'),
  giveInstance: () =>
    new (class Point {
      x = 1
      length() {
        return 1
      }
    })(),
  giveBuffer: () => Buffer.from('abc'),
  giveUrl: () => new URL('https://example.org/'),
  giveThrowingGetter: () => ({
    get bad() {
      throw new Error('getter')
    },
  }),
  giveNested: (levels) => nested(levels),
  // biome-ignore lint/suspicious/noThenProperty: a thenable that never resolves is the fault
  giveNeverThenable: () => ({ then: () => undefined }),
  giveError: () => new RangeError('returned'),
  giveArray: (length) => new Array(length).fill(1.5),
  giveBytes: (length) => new Uint8Array(length),
}

const late = {
  lateNull: (ms) => {
    setTimeout(() => {
      throw null
    }, ms)
    return 42
  },
  lateError: (ms) => {
    setTimeout(() => {
      throw new Error('late')
    }, ms)
    return 42
  },
  lateRejection: (ms) => {
    setTimeout(() => Promise.reject(new Error('late rejection')), ms)
    return 42
  },
  leaveRejection: () => {
    Promise.reject(new Error('left behind'))
    return 42
  },
}

const stuck = {
  never: () => new Promise(() => undefined),
  loop: () => {
    for (;;);
  },
  loopCounting: (cells) => {
    Atomics.add(cells, 1, 1)
    for (;;) Atomics.add(cells, 0, 1)
  },
  microtasks: async () => {
    for (;;) await null
  },
  regex: () => /^(a+)+$/.test(`${'a'.repeat(48)}!`),
  sleepNative: (seconds) => {
    execSync(`sleep ${seconds}`)
    return 42
  },
  writeAfterSleep: (cells, seconds, file) => {
    Atomics.add(cells, 1, 1)
    Atomics.notify(cells, 1)
    execSync(`sleep ${seconds}`)
    writeFileSync(file, 'written')
    return 42
  },
}

const mischief = {
  postJunk: () => {
    parentPort.postMessage({ celeriac: 'ended', batch: 1, answer: 'nonsense' })
    parentPort.postMessage('junk')
    parentPort.postMessage(null)
    return 42
  },
  closePort: () => {
    parentPort.close()
    return 42
  },
  pollute: () => {
    Object.prototype.polluted = 'yes'
    globalThis.polluted = 'yes'
    process.env.POLLUTED = 'yes'
    return 42
  },
  isPolluted: () => ({}).polluted === undefined && process.env.POLLUTED === undefined ? 42 : 'polluted',
  floodOutput: (bytes) => {
    process.stdout.write('x'.repeat(bytes))
    return 42
  },
  startThread: () => {
    new Worker('setInterval(() => {}, 1000)', { eval: true })
    return 42
  },
  environment: (name) => process.env[name] ?? 42,
}

export { endThread }

export const bodies = {
  ...harmless,
  ...losses,
  ...throwing,
  ...giving,
  ...late,
  ...stuck,
  ...mischief,
}
