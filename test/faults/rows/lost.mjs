/** Section A: work that is lost without a word, hangs, or ends in the wrong way. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { cells, letGo, untilHeld } from '../lab.mjs'
import {
  besideNeighbour,
  ENDS_BADLY,
  eachAlone,
  eachMust,
  FAILS,
  nested,
  refusedOption,
  SETTLES,
  UNHARMED,
} from './scenes.mjs'
import { smallStorm } from './small-storm.mjs'

const bodies = (name) => new URL(`../bodies/${name}`, import.meta.url)
const NULLS = { 'throw null': ['throwNull'], 'reject null': ['rejectNull'] }
const LOST = 'fails with WorkerLostError (ERR_WORKER_LOST, exit)'

/** A thread that dies while two calls wait behind the one that kills it; the pool may have no thread at all. */
async function dieBeforeTwo(lab, watch) {
  const pool = lab.open({ threads: 1, least: 0 })
  const gate = cells()
  watch('call', pool.run('holdThenDie', [gate]))
  watch('waiting 1', pool.run('answer'))
  watch('waiting 2', pool.run('answer'))
  await untilHeld(gate)
  letGo(gate)
}

/** Calls that wait behind one that holds the only thread; gives how to let it go. */
async function behindHolder(lab, options) {
  const pool = lab.open({ threads: 1, ...options })
  const gate = cells()
  lab.watch('call', pool.run('hold', [gate]))
  await untilHeld(gate)
  return { pool, letGo: () => letGo(gate) }
}

async function orderOf(lab, count, optionsOf = () => ({})) {
  const { pool, letGo } = await behindHolder(lab)
  const seen = cells(count + 1)
  const all = Array.from({ length: count }, (_, i) => pool.run('order', [seen, i], optionsOf()))
  const settled = lab.watchAll('waiting', all)
  letGo()
  await settled
  const order = [...seen.slice(1)]
  const isKept = order.every((number, i) => number === i)
  lab.say('order', isKept ? 'as applied' : `${order.slice(0, 6).join(', ')}…`)
}

async function failToLoad(lab) {
  const folder = mkdtempSync(join(tmpdir(), 'faults-'))
  const urlOf = (name) => (name === 'bad-syntax.js' ? pathToFileURL(join(folder, name)) : bodies(name))
  writeFileSync(urlOf('bad-syntax.js'), 'export const answer = ( => 42')
  for (const name of ['missing-import.js', 'throws-at-import.js', 'bad-syntax.js', 'not-there.js']) {
    lab.say(name, 'hangs')
    let pool
    const six = await lab.tally(
      Array.from({ length: 6 }, async () => {
        pool ??= lab.open({ threads: 2, module: urlOf(name), onError: () => undefined })
        return await pool.run('answer')
      }),
    )
    const next =
      pool !== undefined && !pool.isOfOneModule
        ? await lab.outcome(pool.runOther(bodies('good.js'), 'answer'))
        : undefined
    lab.say(name, next === undefined ? six : `${six}; another module ${next}`)
  }
  rmSync(folder, { recursive: true })
}

export const lost = [
  {
    id: 'A1',
    fault: 'A thread dies while calls wait, and no other is left',
    must: 'every loss sets the queue in motion again',
    provoke: (lab) => dieBeforeTwo(lab, (name, promise) => lab.watch(name, promise)),
    needs: { call: FAILS, 'waiting 1': 'finishes', 'waiting 2': 'finishes' },
    ours: { call: LOST },
  },
  {
    id: 'A2',
    fault: 'The same, and nothing else keeps the process alive',
    must: 'pending work keeps the process alive; it never exits with code 0 before that is settled',
    leavesAlone: true,
    provoke: (lab) => dieBeforeTwo(lab, (name, promise) => lab.watchFreely(name, promise)),
    needs: { call: FAILS, 'waiting 1': 'finishes', 'waiting 2': 'finishes' },
    ours: { call: LOST },
  },
  {
    id: 'A3',
    fault: 'Of two threads one is stuck and the other dies, with five calls waiting',
    must: 'the dead thread is replaced, and the five run',
    async provoke(lab) {
      const pool = lab.open({ threads: 2, least: 1 })
      const gate = cells()
      pool.run('never').catch(() => undefined)
      lab.watch('call', pool.run('holdThenDie', [gate]))
      const five = Array.from({ length: 5 }, () => pool.run('answer'))
      await untilHeld(gate)
      letGo(gate)
      await lab.watchAll('waiting', five)
    },
    needs: { call: FAILS, waiting: 'all finishes' },
    ours: { call: LOST },
  },
  {
    id: 'A4',
    fault: 'The running call is stopped by ending its thread, with two calls waiting',
    must: 'the thread is replaced, and the two run',
    async provoke(lab) {
      const pool = lab.open({ threads: 1, least: 0 })
      const stop = new AbortController()
      const counter = cells()
      lab.watch('call', pool.run('loopCounting', [counter], { stop: stop.signal }))
      const two = [pool.run('answer'), pool.run('answer')]
      await untilHeld(counter)
      stop.abort()
      await lab.watchAll('waiting', two)
    },
    needs: { call: FAILS, waiting: 'all finishes' },
    ours: { call: 'fails with TaskRevokedError (ERR_REVOKED)' },
  },
  {
    id: 'A5',
    fault: 'A storm of sixty calls with twelve kinds of faults',
    must: 'every call settles, the harmless ones with their value',
    patience: 20_000,
    deadline: 60_000,
    provoke: smallStorm,
    needs: { calls: '60 of 60 settle', harmless: 'all finish' },
  },
  {
    id: 'A6',
    fault: 'A task throws `null`',
    must: 'it fails; `null` is no success',
    provoke: eachAlone(NULLS),
    needs: eachMust(NULLS, ENDS_BADLY),
    ours: eachMust(NULLS, 'fails with NonErrorThrown (ERR_NON_ERROR_THROWN)'),
  },
  {
    id: 'A7',
    fault: 'A timer that a call left behind throws `null` while an innocent call runs',
    must: 'only a real answer counts; the innocent call has its value',
    async provoke(lab) {
      const pool = await lab.openWarm({ threads: 1, perThread: 2 })
      await lab.watch('call', pool.run('lateNull', [50]))
      await lab.watch('innocent', pool.run('later', [300]))
      if (lab.isOurs) await lab.watch('one that ends its thread so', pool.run('dieOfNull'))
      await lab.watch('next', pool.run('answer'))
    },
    needs: { call: 'finishes', innocent: 'finishes', next: 'finishes' },
    ours: { 'one that ends its thread so': LOST },
  },
  {
    id: 'A8',
    fault: 'A result nested 2,000 levels deep, more than the main thread can read',
    must: 'checked in the thread: a typed error',
    provoke: besideNeighbour('giveNested', [2_000]),
    needs: { call: SETTLES, ...UNHARMED },
    ours: { call: 'fails with SerializationError (ERR_SERIALIZATION)' },
  },
  {
    id: 'A9',
    fault: 'Forty such results among the answers of other calls',
    must: 'as A8; nothing is thrown in the main thread',
    async provoke(lab) {
      const pool = await lab.openWarm({ threads: 2 })
      const all = Array.from({ length: 80 }, (_, i) => (i % 2 ? pool.run('answer') : pool.run('giveNested', [2_000])))
      const parts = [all.filter((_, i) => i % 2 === 0), all.filter((_, i) => i % 2 === 1)]
      await Promise.all([lab.watchAll('deep', parts[0]), lab.watchAll('harmless', parts[1])])
    },
    needs: { deep: /^all (fails|succeeds)/, harmless: 'all finishes' },
    ours: { deep: 'all fails with SerializationError (ERR_SERIALIZATION)' },
  },
  {
    id: 'A10',
    fault: 'Arguments nested 5,000 levels deep',
    must: 'refused before they are sent',
    provoke: besideNeighbour('echo', [nested(5_000)]),
    needs: { call: FAILS, ...UNHARMED },
    ours: { call: 'fails with SerializationError (ERR_SERIALIZATION)' },
  },
  {
    id: 'A11',
    fault: 'A task module that cannot be loaded (bad import, throws, bad syntax, not there), six calls',
    must: 'all six fail, and calls of other modules go on',
    deadline: 60_000,
    patience: 1_000,
    provoke: failToLoad,
    needs: {
      'missing-import.js': /^all fails with [^;]*(; another module finishes)?$/,
      'throws-at-import.js': /^all fails with [^;]*(; another module finishes)?$/,
      'bad-syntax.js': /^all fails with [^;]*(; another module finishes)?$/,
      'not-there.js': /^all fails with [^;]*(; another module finishes)?$/,
    },
    ours: {
      'missing-import.js': /; another module finishes$/,
      'throws-at-import.js': /; another module finishes$/,
      'bad-syntax.js': /; another module finishes$/,
      'not-there.js': /; another module finishes$/,
    },
  },
  {
    id: 'A12',
    fault: 'A task module whose top-level await never ends',
    must: 'loading has a deadline; the thread is replaced',
    async provoke(lab) {
      const pool = lab.open({ threads: 1, module: bodies('never-loads.js'), celeriac: { startTimeout: 500 } })
      await lab.watch('call', pool.run('answer'))
      if (!pool.isOfOneModule) await lab.watch('next', pool.runOther(bodies('good.js'), 'answer'))
    },
    needs: { call: FAILS },
    ours: { call: 'fails with WorkerLostError (ERR_WORKER_LOST, start)', next: 'finishes' },
  },
  {
    id: 'A13',
    fault: 'A graceful close with two busy threads and twenty calls waiting',
    must: 'nothing in flight is lost',
    async provoke(lab) {
      const pool = await lab.openWarm({ threads: 2 })
      const all = [
        pool.run('later', [100]),
        pool.run('later', [400]),
        ...Array.from({ length: 20 }, () => pool.run('answer')),
      ]
      const settled = lab.watchAll('calls', all)
      await wait(20)
      await Promise.all([settled, lab.watch('close', done(pool.close()))])
    },
    needs: { calls: 'all finishes', close: 'finishes' },
    threadsGo: true,
  },
  {
    id: 'A14',
    fault: 'close() and destroy() at one time',
    must: 'both settle at once',
    async provoke(lab) {
      const pool = await lab.openWarm({ threads: 2 })
      pool.run('later', [100]).catch(() => undefined)
      await Promise.all([lab.watch('close', done(pool.close())), lab.watch('destroy', done(pool.destroy()))])
    },
    needs: { close: 'finishes', destroy: 'finishes' },
    threadsGo: true,
  },
  {
    id: 'A15',
    fault: 'A thread dies during a graceful close, with five calls waiting',
    must: 'the thread is replaced, and the five run',
    async provoke(lab) {
      const pool = lab.open({ threads: 1, own: { piscina: { closeTimeout: 2_000 } } })
      const gate = cells()
      lab.watch('call', pool.run('holdThenDie', [gate]))
      const five = Array.from({ length: 5 }, () => pool.run('answer'))
      await untilHeld(gate)
      lab.watch('close', done(pool.close()))
      letGo(gate)
      await lab.watchAll('waiting', five)
    },
    needs: { call: FAILS, waiting: 'all finishes', close: 'finishes' },
    ours: { call: LOST },
  },
  {
    id: 'A16',
    fault: 'A call after destroy()',
    must: 'refused; no thread comes back',
    async provoke(lab) {
      const pool = await lab.openWarm({ threads: 2 })
      await lab.outcome(pool.destroy())
      await lab.watch('call', (async () => pool.run('answer'))())
      lab.say('threads of the pool', `${pool.threads()}`)
    },
    needs: { call: FAILS, 'threads of the pool': '0' },
    ours: { call: 'fails with ClosedError (ERR_CLOSED)' },
    threadsGo: true,
  },
  {
    id: 'A17',
    fault: 'One call too many for a queue of none',
    must: 'what is refused never runs',
    async provoke(lab) {
      const { pool, letGo } = await behindHolder(lab, { maxQueue: 0 })
      const runs = cells()
      await lab.watch('too many', (async () => pool.run('count', [runs]))())
      letGo()
      await wait(200)
      lab.say('runs of it', `${runs[0]}`)
    },
    needs: { call: 'finishes', 'too many': FAILS, 'runs of it': '0' },
    ours: { 'too many': 'fails with QueueFullError (ERR_QUEUE_FULL)' },
  },
  {
    id: 'A18',
    fault: 'Fifty calls with a signal each for a queue of two',
    must: 'two are taken',
    async provoke(lab) {
      const { pool, letGo } = await behindHolder(lab, { maxQueue: 2 })
      const fifty = Array.from({ length: 50 }, async () =>
        pool.run('answer', [], { signal: new AbortController().signal }),
      )
      const settled = Promise.allSettled(fifty)
      await wait(50)
      letGo()
      await lab.outcome(settled)
      const taken = (await settled).filter(({ status }) => status === 'fulfilled').length
      lab.say('taken', `${taken} of 50`)
    },
    needs: { call: 'finishes', taken: '2 of 50' },
  },
  {
    id: 'A19',
    fault: 'Two hundred calls wait: their order',
    must: 'first come, first served',
    provoke: (lab) => orderOf(lab, 200),
    needs: { waiting: 'all finishes', order: 'as applied' },
  },
  {
    id: 'A20',
    fault: 'The same with a signal each',
    must: 'first come, first served',
    provoke: (lab) => orderOf(lab, 200, () => ({ signal: new AbortController().signal })),
    needs: { waiting: 'all finishes', order: 'as applied' },
  },
  {
    id: 'A21',
    fault: 'Arguments are changed after the call was made, while it waits',
    must: 'the task sees them as they were: by default, or by an option for development',
    async provoke(lab) {
      const { pool, letGo } = await behindHolder(lab, { celeriac: { freezeArguments: true } })
      const list = [1]
      const length = pool.run('sizeOf', [list])
      try {
        list.push(2)
      } catch (error) {
        lab.say('the change', `is refused with ${error.name}`)
      }
      letGo()
      await lab.watch('length of a list of one', length)
    },
    needs: { call: 'finishes', 'length of a list of one': 'succeeds with 1' },
    ours: { 'the change': 'is refused with TypeError' },
  },
  {
    id: 'A22',
    fault: 'A buffer that has been transferred away is transferred again',
    must: 'refused at the call',
    async provoke(lab) {
      const pool = lab.open({ threads: 1 })
      const buffer = new ArrayBuffer(8)
      structuredClone(buffer, { transfer: [buffer] })
      await lab.watch('call', (async () => pool.run('sizeOf', [buffer], { transfer: [buffer] }))())
      await lab.watch('next', pool.run('answer'))
    },
    needs: { call: FAILS, next: 'finishes' },
    ours: { call: 'fails with SerializationError (ERR_SERIALIZATION)' },
  },
  {
    id: 'A23',
    fault: 'A call with a transferred buffer may run again after a loss',
    must: 'refused at the call: a second run would find the buffer gone',
    async provoke(lab) {
      const pool = lab.open({ threads: 1 })
      if (!lab.isOurs) lab.skip('it runs nothing again')
      const buffer = new ArrayBuffer(8)
      const again = pool.tasks.sizeOf.s().set({ onWorkerLost: 'requeue' })
      await lab.watch('call', (async () => pool.runtime.run(again, { args: [buffer], transfer: [buffer] }))())
      lab.say('buffer', `${buffer.byteLength} bytes`)
    },
    needs: { call: FAILS, buffer: '8 bytes' },
    ours: { call: 'fails with SerializationError (ERR_SERIALIZATION)' },
  },
  {
    id: 'A24',
    fault: 'A listener for the start of threads throws',
    must: 'it harms nothing',
    async provoke(lab) {
      const pool = lab.open({
        threads: 1,
        onWorker() {
          throw new Error('of a listener')
        },
      })
      await lab.watch('call', pool.run('answer'))
      await lab.watch('next', pool.run('answer'))
    },
    needs: { call: 'finishes', next: 'finishes' },
  },
  {
    id: 'A25',
    fault: 'A load balancer of the host’s own throws once',
    must: 'nobody may give one',
    async provoke(lab) {
      let throws = true
      const loadBalancer = (_task, workers) => {
        if (throws) {
          throws = false
          throw new Error('of a balancer')
        }
        return workers[0] ?? null
      }
      if (lab.isOurs) return refusedOption(lab, 'loadBalancer', loadBalancer)
      if (lab.contender !== 'piscina') lab.skip('no load balancer of one’s own')
      const pool = lab.open({ threads: 1, own: { piscina: { loadBalancer } } })
      await lab.watch('call', pool.run('answer'))
    },
    needs: { call: SETTLES },
    ours: { call: 'fails with ConfigurationError (ERR_CONFIGURATION)' },
  },
  {
    id: 'A26',
    fault: 'A call that waits is aborted',
    must: 'it fails; the others go on',
    async provoke(lab) {
      const { ArrayTaskQueue } = await import('piscina')
      const { pool, letGo } = await behindHolder(lab, { own: { piscina: { taskQueue: new ArrayTaskQueue() } } })
      const stop = new AbortController()
      lab.watch('aborted', pool.run('answer', [], { signal: stop.signal }))
      const next = pool.run('answer')
      await wait(20)
      stop.abort()
      letGo()
      await lab.watch('next', next)
    },
    needs: { call: 'finishes', aborted: FAILS, next: 'finishes' },
    ours: { aborted: 'fails with TaskRevokedError (ERR_REVOKED)' },
  },
  {
    id: 'A27',
    fault: 'A queue of the host’s own throws',
    must: 'nobody may give one',
    async provoke(lab) {
      const taskQueue = {
        size: 0,
        shift: () => null,
        remove: () => undefined,
        cancel: () => undefined,
        push() {
          throw new Error('of a queue')
        },
      }
      if (lab.isOurs) return refusedOption(lab, 'taskQueue', taskQueue)
      if (!['piscina', 'tinypool'].includes(lab.contender)) lab.skip('no queue of one’s own')
      const pool = lab.open({ threads: 1, own: { piscina: { taskQueue }, tinypool: { taskQueue } } })
      const gate = cells()
      pool.run('hold', [gate]).catch(() => undefined)
      try {
        lab.watch('call', pool.pool.run(['answer', []]))
      } catch (error) {
        lab.say('call', `throws ${error.message} in the caller`)
      }
      letGo(gate)
    },
    needs: { call: SETTLES },
    ours: { call: 'fails with ConfigurationError (ERR_CONFIGURATION)' },
  },
]

/** Whatever it gives, it has finished. */
const done = (promise) => Promise.resolve(promise).then(() => 42)
