/** Section B: what crashes, what is thrown, and what cannot be sent. */
import { setTimeout as wait } from 'node:timers/promises'
import { cells } from '../lab.mjs'
import {
  amongOthers,
  besideNeighbour,
  eachAlone,
  eachMust,
  FAILS,
  OTHERS_UNHARMED,
  SETTLES,
  UNHARMED,
} from './scenes.mjs'

const bodies = (name) => new URL(`../bodies/${name}`, import.meta.url)
const LOST = 'fails with WorkerLostError (ERR_WORKER_LOST, exit)'
const OUT_OF_MEMORY = 'fails with WorkerLostError (ERR_WORKER_LOST, out-of-memory)'
const UNSENDABLE = 'fails with SerializationError (ERR_SERIALIZATION)'
const NO_ERROR = 'fails with NonErrorThrown (ERR_NON_ERROR_THROWN)'
const TIME_LIMIT = 'fails with TimeLimitError (ERR_TIME_LIMIT)'
const SMALL_HEAP = { options: { heapMb: 48 } }

const FORBIDDEN = { 'process.abort()': ['abortProcess'], 'process.chdir()': ['changeDirectory'] }
const PLAIN = { thrown: ['throwError'], rejected: ['rejectError'] }
const VALUES = { undefined: ['throwUndefined'], 'a text': ['throwText'], 'an object': ['throwObject'] }
const UNCLONEABLE = {
  'a symbol': ['throwSymbol'],
  'a function': ['throwFunction'],
  'a Proxy': ['throwProxy'],
  'an error with such a cause': ['throwBadCause'],
}
const ODD = { 'a frozen error': ['throwFrozen'], 'an error with a function': ['throwWithFunction'] }
const RESULTS = {
  'a function': ['giveFunction'],
  'a promise inside': ['givePromiseInside'],
  'a Proxy': ['giveProxy'],
  'a WeakMap': ['giveWeakMap'],
  'a symbol': ['giveSymbol'],
}
const ENDLESS = { 'await for ever': ['never'], 'a thenable that never resolves': ['giveNeverThenable'] }
const LATE = { 'a throw': ['lateError', 30], 'a rejection': ['lateRejection', 30] }

/** What is still there of an error's own fields, of this class or of one that stands for it. */
async function keptOf(promise, keys) {
  const error = await promise.catch((thrown) => thrown)
  const has = (key) => (key === 'code' ? (error.fields?.code ?? error.code) : (error[key] ?? error.fields?.[key]))
  const kept = keys.filter((key) => has(key) !== undefined && has(key) !== 'Error')
  return kept.length === 0 ? 'none' : kept.join(', ')
}

export const crashes = [
  {
    id: 'B1',
    fault: '`process.exit(1)` in a task',
    must: 'the call fails; its neighbour and the next call have their values',
    provoke: besideNeighbour('exit', [1]),
    needs: { call: FAILS, ...UNHARMED },
  },
  {
    id: 'B2',
    fault: '`process.exit(0)` in a task',
    must: 'no success: as B1',
    provoke: besideNeighbour('exit', [0]),
    needs: { call: FAILS, ...UNHARMED },
  },
  {
    id: 'B3',
    fault: 'A thread dies behind an `await`, calls run elsewhere and wait',
    must: 'it takes down the one call that was running; the thread is replaced',
    provoke: amongOthers('dieLater', [50]),
    needs: { call: FAILS, ...OTHERS_UNHARMED },
    ours: { call: LOST },
  },
  {
    id: 'B4',
    fault: '`process.abort()` and `process.chdir()` in a task',
    must: 'the call fails; nothing else happens',
    provoke: eachAlone(FORBIDDEN),
    needs: eachMust(FORBIDDEN, /^fails with [^;]*$/),
    ours: eachMust(FORBIDDEN, 'fails with TypeError (ERR_WORKER_UNSUPPORTED_OPERATION)'),
  },
  {
    id: 'B5',
    fault: '`process.kill(process.pid)` in a task',
    must: 'the signal is the host’s, whose handler can still let pending work finish',
    async provoke(lab) {
      const pool = await lab.openWarm({ threads: 2 })
      process.once('SIGTERM', () => lab.say('host', 'hears SIGTERM'))
      const pending = [pool.run('killProcess'), ...Array.from({ length: 4 }, () => pool.run('later', [100]))]
      await lab.watchAll('calls', pending)
    },
    needs: { host: 'hears SIGTERM', calls: 'all finishes' },
    documented: { file: 'SECURITY.md', text: 'end the process' },
  },
  {
    id: 'B6',
    fault: 'Native code crashes (SIGSEGV)',
    must: 'threads cannot contain it',
    notApplicable:
      'a crash of native code ends the process; no code in it can see that, and provoking it takes a broken native module',
  },
  {
    id: 'B7',
    fault: 'A task fills the heap of its thread with many small objects',
    must: 'typed as out of memory, and nobody else is hurt',
    deadline: 60_000,
    patience: 20_000,
    provoke: amongOthers('fillHeap', [], SMALL_HEAP),
    needs: { call: FAILS, ...OTHERS_UNHARMED },
    ours: { call: OUT_OF_MEMORY },
  },
  {
    id: 'B8',
    fault: '`JSON.parse` runs out of memory, slowly',
    must: 'a time limit covers it too',
    deadline: 60_000,
    provoke: amongOthers('parseTooMuch', [], { ...SMALL_HEAP, call: { limit: 1_000 } }),
    needs: { call: FAILS, ...OTHERS_UNHARMED },
    ours: {
      call: /^fails with (WorkerLostError \(ERR_WORKER_LOST, out-of-memory\)|TimeLimitError \(ERR_TIME_LIMIT\))$/,
    },
  },
  {
    id: 'B9',
    fault: 'A task fills the heap by one large allocation, such as a growing Map',
    must: 'V8 aborts the process: documented',
    notApplicable:
      'V8 aborts the whole process by itself when one allocation fails; no code in the process can contain it',
    documented: { file: 'SECURITY.md', text: 'not containment' },
    deadline: 60_000,
    patience: 30_000,
    provoke: amongOthers('growMap', [], { options: { heapMb: 64 } }),
  },
  {
    id: 'B10',
    fault: 'A task allocates 480 MB of Buffers under a heap limit of 48 MB',
    must: 'memory outside of the heap is limited too',
    open: 'V8 limits its heap alone; how much more a thread holds it can tell only between calls, when the one that took it has succeeded, and Node 20 tells nobody else; it is documented',
    provoke: besideNeighbour('fillBuffers', [], SMALL_HEAP),
    needs: { call: FAILS, ...UNHARMED },
  },
  {
    id: 'B11',
    fault: 'A task overflows its stack',
    must: 'the call fails; the thread goes on',
    provoke: besideNeighbour('overflow'),
    needs: { call: /^fails with RangeError/, ...UNHARMED },
    ours: { call: 'fails with RangeError: Maximum call stack size exceeded' },
  },
  {
    id: 'B12',
    fault: 'A task throws, or rejects with, an Error',
    must: 'it arrives as it was',
    provoke: eachAlone(PLAIN),
    needs: { thrown: 'fails with Error: plain', rejected: 'fails with TypeError: rejected' },
  },
  {
    id: 'B13',
    fault: 'An error of an own class, with code, fields and cause',
    must: 'all of it arrives',
    async provoke(lab) {
      const pool = lab.open({ threads: 1 })
      lab.say('kept', await keptOf(pool.run('throwOwn'), ['name', 'code', 'extra', 'retryable', 'cause']))
    },
    needs: { kept: 'name, code, extra, retryable, cause' },
  },
  {
    id: 'B14',
    fault: 'An AggregateError',
    must: 'its errors arrive',
    async provoke(lab) {
      const pool = lab.open({ threads: 1 })
      const error = await pool.run('throwAggregate').catch((thrown) => thrown)
      lab.say('errors kept', `${error.errors?.filter((one) => one instanceof Error).length ?? 0} of 2`)
    },
    needs: { 'errors kept': '2 of 2' },
  },
  {
    id: 'B15',
    fault: 'A DOMException',
    must: 'it arrives, on every Node',
    provoke: besideNeighbour('throwDom'),
    needs: { call: /^fails with (NotFoundError|DOMException)/, ...UNHARMED },
    ours: { call: 'fails with NotFoundError: gone' },
  },
  {
    id: 'B16',
    fault: 'A task throws `undefined`, a text, or an object',
    must: 'it fails; the value is told',
    provoke: eachAlone(VALUES),
    needs: eachMust(VALUES, /^(fails|rejects) with [^;]*$/),
    ours: eachMust(VALUES, NO_ERROR),
  },
  {
    id: 'B17',
    fault: 'A task throws what cannot be cloned',
    must: 'it fails with a description; thread and neighbour go on',
    provoke: eachAlone(UNCLONEABLE),
    needs: eachMust(UNCLONEABLE, /^fails with [^;]*$/),
    ours: { ...eachMust(UNCLONEABLE, NO_ERROR), 'an error with such a cause': 'fails with Error: bad cause' },
  },
  {
    id: 'B18',
    fault: 'An error whose `message` throws when it is read',
    must: 'it fails; thread and neighbour go on',
    provoke: besideNeighbour('throwBadMessage'),
    needs: { call: FAILS, ...UNHARMED },
    ours: { call: 'fails with Error: [unserializable]' },
  },
  {
    id: 'B19',
    fault: 'A frozen error, and one with a function in a field',
    must: 'both arrive',
    provoke: eachAlone(ODD),
    needs: {
      'a frozen error': 'fails with Error: frozen',
      'an error with a function': 'fails with Error: with function',
    },
  },
  {
    id: 'B20',
    fault: 'An error with a message of 50 MB',
    must: 'it is cut',
    async provoke(lab) {
      const pool = await lab.openWarm({ threads: 1, perThread: 2 })
      const error = await pool.run('throwLong', [50_000_000]).catch((thrown) => thrown)
      lab.say('characters of the message', `${error.message.length}`)
      await lab.watch('next', pool.run('answer'))
    },
    needs: { 'characters of the message': /^\d{1,5}$/, next: 'finishes' },
  },
  {
    id: 'B21',
    fault: 'A result that cannot be cloned',
    must: 'a typed error; thread and neighbour go on',
    provoke: eachAlone(RESULTS),
    needs: eachMust(RESULTS, /^fails with [^;]*$/),
    ours: eachMust(RESULTS, UNSENDABLE),
  },
  {
    id: 'B22',
    fault: 'A result that is an instance of a class',
    must: 'its fields arrive; that its class does not is documented',
    provoke: besideNeighbour('giveInstance'),
    needs: { call: 'succeeds with { x: 1 }', ...UNHARMED },
    documented: { file: 'docs/guide/faults.md', text: 'An instance of a class arrives as a plain object' },
  },
  {
    id: 'B23',
    fault: 'A result that is a Buffer, or a URL',
    must: 'the same answer on every Node',
    provoke: eachAlone({ 'a Buffer': ['giveBuffer'], 'a URL': ['giveUrl'] }),
    needs: { 'a Buffer': /^succeeds with [^;]*97[^;]*$/, 'a URL': /^(fails|succeeds with URL)[^;]*$/ },
    ours: { 'a URL': UNSENDABLE },
  },
  {
    id: 'B24',
    fault: 'A result with a getter that throws',
    must: 'a typed error; thread and neighbour go on',
    provoke: besideNeighbour('giveThrowingGetter'),
    needs: { call: FAILS, ...UNHARMED },
    ours: { call: UNSENDABLE },
  },
  {
    id: 'B25',
    fault: 'A task that never ends, under a time limit of 300 ms',
    must: 'the limit ends it, and its thread is replaced',
    provoke: eachAlone(ENDLESS, { call: { limit: 300 } }),
    needs: eachMust(ENDLESS, /^fails with [^;]*$/),
    ours: eachMust(ENDLESS, TIME_LIMIT),
  },
  {
    id: 'B26',
    fault: 'An Error that is returned, not thrown',
    must: 'success, with the error',
    provoke: besideNeighbour('giveError'),
    needs: { call: /^succeeds with RangeError: returned/, ...UNHARMED },
  },
  {
    id: 'B27',
    fault: 'A timer that a call left behind throws in an idle thread; an innocent call comes next',
    must: 'the innocent call has its value',
    async provoke(lab) {
      const pool = await lab.openWarm({ threads: 1 })
      await lab.watch('call', pool.run('lateError', [50]))
      await wait(150)
      await lab.watch('innocent', pool.run('answer'))
      await lab.watch('next', pool.run('answer'))
    },
    needs: { call: 'finishes', innocent: 'finishes', next: 'finishes' },
  },
  {
    id: 'B28',
    fault: 'A late throw or rejection in an idle thread whose pool nobody listens to',
    must: 'the host goes on',
    async provoke(lab) {
      for (const [name, [fault, ms]] of Object.entries(LATE)) {
        const pool = lab.open({ threads: 1, own: { piscina: { atomics: 'async' }, tinypool: { useAtomics: false } } })
        const told = await lab.outcome(pool.run(fault, [ms]))
        await wait(150)
        const next = await lab.outcome(pool.run('answer'))
        lab.say(name, next === 'finishes' ? told : `${told}; next ${next}`)
      }
    },
    needs: eachMust(LATE, 'finishes'),
  },
  {
    id: 'B29',
    fault: 'A call leaves a rejected promise behind while a neighbour runs',
    must: 'the neighbour has its value',
    provoke: besideNeighbour('leaveRejection', [], { pause: 50 }),
    needs: { call: 'finishes', ...UNHARMED },
  },
  {
    id: 'B30',
    fault: 'A task that its module does not have',
    must: 'a typed error',
    async provoke(lab) {
      const pool = lab.open({ threads: 1 })
      await lab.watch('call', (async () => pool.runNamed('notThere'))())
      await lab.watch('next', pool.run('answer'))
    },
    needs: { call: FAILS, next: 'finishes' },
    ours: { call: 'fails with NotRegisteredError (ERR_NOT_REGISTERED)' },
  },
  {
    id: 'B31',
    fault: 'Tasks named `constructor` and `toString`',
    must: 'own names only: nothing inherited is called',
    async provoke(lab) {
      const pool = lab.open({ threads: 1 })
      for (const name of ['constructor', 'toString']) await lab.watch(name, (async () => pool.runNamed(name))())
    },
    needs: { constructor: FAILS, toString: FAILS },
  },
  {
    id: 'B32',
    fault: 'A call that names the module `child_process` and its `execSync`',
    must: 'it runs no command',
    async provoke(lab) {
      const pool = lab.open({ threads: 1 })
      if (lab.isOurs) return await runShell(lab, pool)
      if (pool.runFile === undefined) lab.skip('a call names no module')
      await lab.watch('call', pool.runFile('child_process', 'execSync', 'echo ran'))
    },
    needs: { call: FAILS },
  },
  {
    id: 'B33',
    fault: 'The module of an idle pool cannot be loaded, and nobody listens for errors',
    must: 'the host goes on',
    async provoke(lab) {
      const pool = lab.open({ threads: 1, module: bodies('throws-at-import.js') })
      await wait(400)
      lab.say('host', 'goes on')
      await lab.watch('call', pool.run('answer'))
    },
    needs: { host: 'goes on', call: FAILS },
  },
  {
    id: 'B34',
    fault: 'A module that throws while it is loaded',
    must: 'it is evaluated once',
    async provoke(lab) {
      const pool = lab.open({ threads: 1, module: bodies('throws-at-import.js') })
      const error = await pool.run('answer').catch((thrown) => thrown)
      const loads = /load (\d+)/.exec(`${error?.cause?.message ?? ''} ${error?.message ?? ''}`)?.[1]
      lab.say('evaluations', loads ?? 'not told')
    },
    needs: { evaluations: '1' },
  },
  {
    id: 'B35',
    fault: 'A task posts junk to `parentPort`',
    must: 'it is ignored',
    provoke: besideNeighbour('postJunk'),
    needs: { call: 'finishes', ...UNHARMED },
  },
  {
    id: 'B36',
    fault: 'A task closes `parentPort`',
    must: 'calls go on, on this thread or another',
    provoke: besideNeighbour('closePort'),
    needs: { call: SETTLES, ...UNHARMED },
  },
  {
    id: 'B37',
    fault: 'A task pollutes `Object.prototype`, `globalThis` and `process.env`',
    must: 'by option, the next call has a thread of its own',
    async provoke(lab) {
      const pool = lab.open({
        threads: 1,
        celeriac: { maxTasksPerWorker: 1 },
        own: { tinypool: { isolateWorkers: true } },
      })
      await lab.watch('call', pool.run('pollute'))
      await lab.watch('next', pool.run('isPolluted'))
      lab.say('main thread', {}.polluted === undefined && process.env.POLLUTED === undefined ? 'clean' : 'polluted')
    },
    needs: { call: 'finishes', next: 'finishes', 'main thread': 'clean' },
  },
  {
    id: 'B38',
    fault: 'A task writes 2 MB to stdout',
    must: 'calls go on',
    provoke: besideNeighbour('floodOutput', [2_000_000]),
    needs: { call: 'finishes', ...UNHARMED },
  },
  {
    id: 'B39',
    fault: 'A task starts a pool, or a thread, of its own, and leaves it',
    must: 'a runtime in a runtime is refused; the thread goes with the outer one',
    async provoke(lab) {
      const pool = lab.open({ threads: 1 })
      if (lab.isOurs) await lab.watch('pool', pool.run('nestPool'))
      await lab.watch('thread', pool.run('startThread'))
      await lab.watch('next', pool.run('answer'))
    },
    needs: { thread: 'finishes', next: 'finishes' },
    ours: { pool: 'fails with ConfigurationError (ERR_CONFIGURATION)' },
  },
  {
    id: 'B40',
    fault: 'Every call kills its thread: forty in a row',
    must: 'after so many losses calls fail without starting threads again',
    deadline: 60_000,
    async provoke(lab) {
      const pool = lab.open({ threads: 1, celeriac: { maxLosses: 5 } })
      const runs = cells()
      await lab.watchAll(
        'calls',
        Array.from({ length: 40 }, () => pool.run('countThenDie', [runs])),
        20_000,
      )
      lab.say('threads lost', `${runs[0]}`)
    },
    needs: { calls: /fails with/, 'threads lost': (phrase) => Number(phrase) <= 10 },
    ours: { calls: /ERR_WORKER_LOST, breaker/ },
  },
]

/** A canvas as data may name any module; it is read by a list of tasks. */
async function runShell(lab, pool) {
  const { fromJSON } = await import('celeriac')
  const dict = { task: 'execSync', args: ['echo ran'], kwargs: {}, options: {}, subtask_type: null, immutable: false }
  await lab.watch('call', (async () => pool.runtime.run(fromJSON(dict, { tasks: pool.tasks })))())
}
