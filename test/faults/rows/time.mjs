/** Section C: time, aborts and shutdown. */
import { getEventListeners } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises'
import { cells, letGo, untilHeld } from '../lab.mjs'
import { FAILS, SETTLES } from './scenes.mjs'

const REVOKED = 'fails with TaskRevokedError (ERR_REVOKED)'
const CLOSED = 'fails with ClosedError (ERR_CLOSED)'

const threadsNow = () => readdirSync('/proc/self/task').length
const done = (promise) => Promise.resolve(promise).then(() => 42)
const times = (count, make) => Array.from({ length: count }, (_, i) => make(i))

/** A call that holds the only thread, so that the others wait. */
async function behindHolder(lab, options) {
  const pool = lab.open({ threads: 1, ...options })
  const gate = cells()
  const held = lab.watch('running', pool.run('hold', [gate]))
  await untilHeld(gate)
  return { pool, held, letGo: () => letGo(gate) }
}

/** CPU time of the main thread so far, in ms: a busy machine takes its time for anything. */
function mainThreadMs() {
  const [ns] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')
  return Number(ns) / 1e6
}

/** The longest turn of the event loop from now on, in CPU time of its thread, until something has settled. */
async function longestTurn(until) {
  let isOver = false
  const over = until.finally(() => {
    isOver = true
  })
  let longest = 0
  for (let before = mainThreadMs(); !isOver; ) {
    await nextTurn()
    const now = mainThreadMs()
    longest = Math.max(longest, now - before)
    before = now
  }
  await over
  return longest
}

async function inTurn(count, work) {
  for (let i = 0; i < count; i++) await work()
}

/** Aborts ten thousand calls that wait; the longest turn until all have been told. */
async function blockedByAbort(lab, pool) {
  const stop = new AbortController()
  const all = underOneSignal(lab, pool, 10_000, stop.signal).map((one) => one.catch(() => undefined))
  await wait(50)
  const longest = longestTurn(Promise.all(all))
  stop.abort()
  return await longest
}

/** As many calls under one signal: of celeriac as one canvas, which is how one signal is given to many calls. */
function underOneSignal(lab, pool, count, signal) {
  if (!lab.isOurs) return times(count, () => pool.run('answer', [], { signal }))
  const each = pool.tasks.answer.each(times(count, () => []))
  return pool.runtime.apply(each, { signal }).results.map((result) => result.get())
}

export const time = [
  {
    id: 'C1',
    fault: 'An endless loop is stopped from outside',
    must: 'told at once, and its thread is replaced',
    async provoke(lab) {
      const pool = await lab.openWarm({ threads: 2 })
      const stop = new AbortController()
      const counter = cells()
      const call = lab.watch('call', pool.run('loopCounting', [counter], { stop: stop.signal }))
      await untilHeld(counter)
      stop.abort()
      await call
      await lab.watchAll(
        'next',
        times(4, () => pool.run('later', [20])),
      )
    },
    needs: { call: FAILS, next: 'all finishes' },
    ours: { call: REVOKED },
  },
  {
    id: 'C2',
    fault: 'An endless loop that nobody stops',
    must: 'a time limit for all tasks by one option ends it; without one, a warning tells of it after 60 s',
    async provoke(lab) {
      const pool = await lab.openWarm({ threads: 2, celeriac: { defaults: { timeLimit: 400 } } })
      const call = lab.watch('call', pool.run('loop'))
      await lab.watchAll(
        'elsewhere',
        times(5, () => pool.run('answer')),
      )
      await call
    },
    needs: { call: FAILS, elsewhere: 'all finishes' },
    ours: { call: 'fails with TimeLimitError (ERR_TIME_LIMIT)' },
    tests: [['test/unit/runtime/long-runs.test.ts', 'warns once of a call that has run for a minute without a limit']],
  },
  {
    id: 'C3',
    fault: 'A loop of microtasks, and a catastrophic regular expression, under a time limit',
    must: 'the limit ends both',
    async provoke(lab) {
      const pool = await lab.openWarm({ threads: 2 })
      await Promise.all([
        lab.watch('microtasks', pool.run('microtasks', [], { limit: 200 })),
        lab.watch('regular expression', pool.run('regex', [], { limit: 200 })),
      ])
      await lab.watch('next', pool.run('answer'))
    },
    needs: { microtasks: FAILS, 'regular expression': FAILS, next: 'finishes' },
    ours: {
      microtasks: 'fails with TimeLimitError (ERR_TIME_LIMIT)',
      'regular expression': 'fails with TimeLimitError (ERR_TIME_LIMIT)',
    },
  },
  {
    id: 'C4',
    fault: 'Six calls are stopped while native code blocks their threads',
    must: 'each is told at once; threads that are not gone yet still count',
    linux: true,
    async provoke(lab) {
      const pool = await lab.openWarm({ threads: 2 })
      const six = []
      let most = 0
      for (let i = 0; i < 6; i++) {
        const stop = new AbortController()
        six.push(pool.run('sleepNative', [0.8], { stop: stop.signal }))
        six.at(-1).catch(() => undefined)
        await wait(120)
        stop.abort()
        await wait(120)
        most = Math.max(most, threadsNow())
      }
      lab.say('threads meanwhile', most <= lab.baseline ? 'no more than before' : `${most - lab.baseline} more`)
      await lab.watchAll('calls', six)
      await lab.watch('next', pool.run('answer'))
    },
    needs: { 'threads meanwhile': 'no more than before', calls: /^all fails/, next: 'finishes' },
  },
  {
    id: 'C5',
    fault: 'What a call does after it was stopped, when native code blocks its thread',
    must: 'its result is dropped; that native work may finish is documented',
    async provoke(lab) {
      const pool = await lab.openWarm({ threads: 1 })
      const folder = mkdtempSync(join(tmpdir(), 'faults-'))
      const stop = new AbortController()
      const started = cells()
      const call = pool.run('writeAfterSleep', [started, 0.5, join(folder, 'file')], { stop: stop.signal })
      const told = lab.watch('call', call)
      await untilHeld(started)
      stop.abort()
      await told
      await wait(900)
      lab.say('its file', existsSync(join(folder, 'file')) ? 'is written all the same' : 'is not written')
      rmSync(folder, { recursive: true })
      await lab.watch('next', pool.run('answer'))
    },
    needs: { call: FAILS, next: 'finishes' },
    documented: { file: 'docs/guide/faults.md', text: 'Native code runs to its end' },
  },
  {
    id: 'C6',
    fault: 'destroy() while native code blocks a thread for 1.5 s',
    must: 'those who wait are told at once',
    async provoke(lab) {
      const pool = await lab.openWarm({ threads: 1 })
      const call = pool.run('sleepNative', [1.5])
      const told = lab.watch('call', call)
      await wait(300)
      const start = performance.now()
      pool.destroy()
      await told
      lab.say('told', performance.now() - start < 600 ? 'at once' : 'when the native code has ended')
    },
    needs: { call: FAILS, told: 'at once' },
    ours: { call: CLOSED },
    threadsGo: true,
  },
  {
    id: 'C7',
    fault: 'The host calls `process.exit()` while native code blocks a thread',
    must: 'it ends when that does: documented',
    leavesAlone: true,
    async provoke(lab) {
      const pool = await lab.openWarm({ threads: 1 })
      pool.run('sleepNative', [1]).catch(() => undefined)
      await wait(200)
      setImmediate(() => process.exit(0))
    },
    needs: {},
    documented: { file: 'docs/guide/faults.md', text: 'Native code runs to its end' },
  },
  {
    id: 'C8',
    fault: 'A call with a signal that is aborted already',
    must: 'it never runs',
    async provoke(lab) {
      const pool = await lab.openWarm({ threads: 1 })
      const runs = cells()
      await lab.watch('call', pool.run('count', [runs], { signal: AbortSignal.abort() }))
      await lab.watch('next', pool.run('answer'))
      lab.say('runs of it', `${runs[0]}`)
    },
    needs: { call: FAILS, next: 'finishes', 'runs of it': '0' },
    ours: { call: REVOKED },
  },
  {
    id: 'C9',
    fault: 'A call is aborted while it waits among a hundred',
    must: 'taken out of the line; the others keep their order',
    async provoke(lab) {
      const { pool, letGo } = await behindHolder(lab)
      const stop = new AbortController()
      const order = cells(102)
      const all = times(100, (i) => pool.run('order', [order, i], i === 50 ? { signal: stop.signal } : {}))
      const others = all.filter((_, i) => i !== 50)
      const aborted = lab.watch('aborted', all[50])
      stop.abort()
      await aborted
      letGo()
      await lab.watchAll('others', others)
      const ran = [...order.slice(1, 100)]
      lab.say('order', ran.every((n, i) => i === 0 || n > ran[i - 1]) ? 'as applied' : 'another')
    },
    needs: { running: 'finishes', aborted: FAILS, others: 'all finishes', order: 'as applied' },
    ours: { aborted: REVOKED },
  },
  {
    id: 'C10',
    fault: 'A signal is aborted after its call has ended',
    must: 'nothing happens, and no listener was left',
    async provoke(lab) {
      const pool = await lab.openWarm({ threads: 1 })
      const stop = new AbortController()
      await lab.watch('call', pool.run('answer', [], { signal: stop.signal }))
      await wait(10)
      lab.say('listeners left', `${getEventListeners(stop.signal, 'abort').length}`)
      stop.abort()
      await lab.watch('next', pool.run('answer'))
    },
    needs: { call: 'finishes', 'listeners left': '0', next: 'finishes' },
  },
  {
    id: 'C11',
    fault: 'Two hundred aborts that race the ends of their calls',
    must: 'one end each',
    async provoke(lab) {
      const pool = await lab.openWarm({ threads: 2 })
      const ends = await Promise.all(
        times(200, async (i) => {
          const stop = new AbortController()
          const call = pool.run('answer', [], { signal: stop.signal })
          setTimeout(() => stop.abort(), i % 8)
          return await lab.outcome(call)
        }),
      )
      const known = ends.filter((end) => end === 'finishes' || FAILS.test(end)).length
      lab.say('calls', known === 200 ? 'all have an end' : `${known} of 200 have an end`)
      await lab.watch('next', pool.run('answer'))
    },
    needs: { calls: 'all have an end', next: 'finishes' },
  },
  {
    id: 'C12',
    fault: 'One signal for 2,000 calls',
    must: 'no flood of listeners, and none is left',
    async provoke(lab) {
      const pool = await lab.openWarm({ threads: 2 })
      let warnings = 0
      process.on('warning', () => warnings++)
      const { signal } = new AbortController()
      const all = underOneSignal(lab, pool, 2_000, signal)
      const listeners = getEventListeners(signal, 'abort').length
      await lab.watchAll('calls', all)
      await wait(10)
      lab.say('listeners', listeners <= 10 ? 'few' : `${listeners}`)
      lab.say('listeners left', `${getEventListeners(signal, 'abort').length}`)
      lab.say('warnings', `${warnings}`)
    },
    needs: { calls: 'all finishes', listeners: 'few', 'listeners left': '0', warnings: '0' },
  },
  {
    id: 'C13',
    fault: 'One signal aborts 10,000 calls that wait',
    must: 'all are told, and the main thread is blocked for less than 20 ms',
    deadline: 60_000,
    async provoke(lab) {
      const { pool, held, letGo } = await behindHolder(lab)
      // In the first round code is compiled, and what else happens on the machine only adds: the least counts.
      const blocked = []
      await lab.watch('all told', done(inTurn(3, async () => blocked.push(await blockedByAbort(lab, pool)))))
      lab.say('ms of blocked main thread', `${Math.round(Math.min(...blocked))}`)
      letGo()
      await held
    },
    needs: { running: SETTLES, 'all told': 'finishes', 'ms of blocked main thread': (ms) => Number(ms) < 20 },
    ours: { running: 'finishes' },
  },
  {
    id: 'C14',
    fault: 'Eight calls side by side on one thread, with a signal each',
    must: 'they still run side by side',
    async provoke(lab) {
      const pool = await lab.openWarm({ threads: 1, perThread: 8 })
      const start = performance.now()
      await lab.watchAll(
        'calls',
        times(8, () => pool.run('later', [150], { signal: new AbortController().signal })),
      )
      lab.say('they run', performance.now() - start < 800 ? 'side by side' : 'one after the other')
    },
    needs: { calls: 'all finishes', 'they run': 'side by side' },
  },
  {
    id: 'C15',
    fault: 'A host waits for room in a full queue of calls with signals',
    must: 'it is told when there is room',
    async provoke(lab) {
      const { pool, letGo } = await behindHolder(lab, { maxQueue: 4 })
      const room = lab.isOurs ? () => pool.runtime.drained() : undefined
      if (lab.contender === 'piscina') pool.drained = new Promise((resolve) => pool.pool.once('drain', resolve))
      if (room === undefined && pool.drained === undefined) lab.skip('nothing tells of room')
      const four = times(4, () => pool.run('answer', [], { signal: new AbortController().signal }))
      const told = lab.watch('told of room', done(room?.() ?? pool.drained))
      letGo()
      await Promise.all([told, lab.watchAll('calls', four)])
    },
    needs: { running: 'finishes', 'told of room': 'finishes', calls: 'all finishes' },
  },
  {
    id: 'C16',
    fault: 'destroy() with 10,000 calls waiting',
    must: 'all are told',
    deadline: 60_000,
    async provoke(lab) {
      const { pool } = await behindHolder(lab)
      const all = times(10_000, () => pool.run('answer'))
      const told = lab.watchAll('calls', all, 10_000)
      pool.destroy()
      await told
    },
    needs: { running: FAILS, calls: /^all fails/ },
    ours: { running: CLOSED, calls: `all ${CLOSED}` },
  },
  {
    id: 'C17',
    fault: 'A close that does not wait, with 1,000 calls waiting',
    must: 'all are told, typed',
    async provoke(lab) {
      const { pool } = await behindHolder(lab)
      const all = times(1_000, () => pool.run('answer'))
      const told = lab.watchAll('calls', all)
      if (lab.isOurs) lab.watch('close', done(pool.runtime.close({ drain: false, timeout: 0 })))
      else if (lab.contender === 'piscina') lab.watch('close', done(pool.pool.close({ force: true })))
      else lab.watch('close', done(pool.destroy()))
      await told
    },
    needs: { calls: /^all fails/, close: 'finishes' },
    ours: { calls: `all ${CLOSED}` },
  },
  {
    id: 'C18',
    fault: 'A call during close()',
    must: 'refused; what is pending finishes',
    async provoke(lab) {
      const pool = await lab.openWarm({ threads: 1 })
      const pending = lab.watch('pending', pool.run('later', [100]))
      await wait(10)
      const close = lab.watch('close', done(pool.close()))
      await lab.watch('call', (async () => pool.run('answer'))())
      await Promise.all([pending, close])
    },
    needs: { pending: 'finishes', close: 'finishes', call: FAILS },
    ours: { call: CLOSED },
    threadsGo: true,
  },
  {
    id: 'C19',
    fault: 'A graceful close runs into its timeout, and nobody listens',
    must: 'it resolves and tells what became of the calls',
    async provoke(lab) {
      const pool = lab.open({ threads: 1, own: { piscina: { closeTimeout: 300 } } })
      const gate = cells()
      lab.watch('call', pool.run('hold', [gate]))
      await untilHeld(gate)
      if (lab.isOurs) {
        const report = await pool.runtime.close({ timeout: 300 })
        lab.say('report', JSON.stringify(report))
        lab.say('close', 'finishes')
      } else if (lab.contender === 'workerpool') await lab.watch('close', done(pool.close()))
      else await lab.watch('close', done(pool.close()))
    },
    needs: { call: FAILS, close: 'finishes' },
    ours: { call: CLOSED, report: '{"finished":0,"revoked":1,"timedOut":true}' },
  },
  {
    id: 'C20',
    fault: 'SIGTERM, with work under way',
    must: 'the library listens to no signal; a host that does can finish its work',
    async provoke(lab) {
      const pool = await lab.openWarm({ threads: 2 })
      lab.say('listeners of the library', `${process.listenerCount('SIGTERM') + process.listenerCount('SIGINT')}`)
      const all = times(6, () => pool.run('later', [100]))
      const closed = new Promise((resolve) => process.once('SIGTERM', () => resolve(done(pool.close()))))
      process.kill(process.pid, 'SIGTERM')
      await Promise.all([lab.watchAll('calls', all), lab.watch('close', closed)])
    },
    needs: { 'listeners of the library': '0', calls: 'all finishes', close: 'finishes' },
    threadsGo: true,
  },
  {
    id: 'C21',
    fault: 'The host has nothing more to do, and a call never ends',
    must: 'the process waits for it, and the runtime can be ended',
    leavesAlone: true,
    async provoke(lab) {
      const pool = lab.open({ threads: 1 })
      lab.watchFreely('call', pool.run('never'))
      setTimeout(() => {
        lab.say('host', 'waits for it')
        pool.destroy()
      }, 600).unref()
    },
    needs: { host: 'waits for it', call: FAILS },
    ours: { call: CLOSED },
  },
  {
    id: 'C22',
    fault: 'The main thread is blocked for longer than the time limit of a call that takes less',
    must: 'the call has its value: time counts from its start to its end',
    async provoke(lab) {
      const pool = await lab.openWarm({ threads: 1 })
      const call = lab.watch('call', pool.run('spin', [100], { limit: 500 }))
      await wait(20)
      for (const end = performance.now() + 800; performance.now() < end; );
      await call
      await lab.watch('next', pool.run('answer'))
    },
    needs: { call: 'finishes', next: 'finishes' },
  },
  {
    id: 'C23',
    fault: 'Thirty calls, one after the other, on a pool that may be empty',
    must: 'threads are kept',
    async provoke(lab) {
      const pool = lab.open({ threads: 2, least: 0 })
      const threads = new Set()
      for (let i = 0; i < 30; i++) threads.add(await pool.run('whichThread'))
      lab.say('threads used', `${threads.size}`)
    },
    needs: { 'threads used': (count) => Number(count) <= 2 },
  },
  {
    id: 'C24',
    fault: 'Four idle threads: what they cost',
    must: 'next to no CPU',
    async provoke(lab) {
      await lab.openWarm({ threads: 4 })
      await wait(300)
      const before = process.cpuUsage()
      await wait(1_000)
      const { user, system } = process.cpuUsage(before)
      lab.say('ms of CPU in 1 s', `${Math.round((user + system) / 1_000)}`)
    },
    needs: { 'ms of CPU in 1 s': (ms) => Number(ms) < 50 },
  },
]
