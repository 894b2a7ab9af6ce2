/** Section D: size, memory and scale. */
import { setImmediate as turn } from 'node:timers/promises'
import { getHeapStatistics } from 'node:v8'
import { besideNeighbour, FAILS, nested, SETTLES, UNHARMED } from './scenes.mjs'

const UNSENDABLE = 'fails with SerializationError (ERR_SERIALIZATION)'
const LIMITED = { celeriac: { maxResultBytes: 1_000_000, maxArgumentBytes: 1_000_000 } }

export const size = [
  {
    id: 'D1',
    fault: 'A result of a million numbers in an Array, where 1 MB is allowed',
    must: 'a limit by option: a typed error',
    provoke: besideNeighbour('giveArray', [1_000_000], { options: LIMITED }),
    needs: { call: FAILS, ...UNHARMED },
    ours: { call: UNSENDABLE },
  },
  {
    id: 'D2',
    fault: 'A result of 64 MB of bytes, where 1 MB is allowed',
    must: 'a limit by option: a typed error',
    provoke: besideNeighbour('giveBytes', [64_000_000], { options: LIMITED }),
    needs: { call: FAILS, ...UNHARMED },
    ours: { call: UNSENDABLE },
  },
  {
    id: 'D3',
    fault: 'Arguments of 8 MB, where 1 MB is allowed',
    must: 'a limit by option: refused before they are sent',
    provoke: besideNeighbour('sizeOf', [new Array(1_000_000).fill(1.5)], { options: LIMITED }),
    needs: { call: FAILS, ...UNHARMED },
    ours: { call: UNSENDABLE },
  },
  {
    id: 'D4',
    fault: 'Wave after wave of 500 calls: what is left in memory',
    must: 'nothing',
    args: ['--expose-gc'],
    deadline: 60_000,
    async provoke(lab) {
      const pool = await lab.openWarm({ threads: 2 })
      const wave = () => Promise.all(Array.from({ length: 500 }, () => pool.run('answer')))
      lab.say('bytes a call', await growth(wave, { warmUp: 20, waves: 50, calls: 500 }))
    },
    needs: { 'bytes a call': (bytes) => Number(bytes) <= 8 },
  },
  {
    id: 'D5',
    fault: 'Fifty thousand calls wait: what each costs in memory',
    must: 'at most 500 bytes, as one canvas',
    args: ['--expose-gc'],
    deadline: 60_000,
    async provoke(lab) {
      const pool = await lab.openWarm({ threads: 1 })
      pool.run('never').catch(() => undefined)
      const before = used()
      const all = lab.isOurs
        ? pool.runtime.apply(pool.tasks.answer.each(Array.from({ length: 50_000 }, () => [])))
        : Array.from({ length: 50_000 }, () => pool.run('answer').catch(() => undefined))
      lab.say('bytes a call', `${Math.round((used() - before) / 50_000)}`)
      lab.kept = all
    },
    needs: { 'bytes a call': (bytes) => Number(bytes) <= 500 },
    threadsGo: true,
  },
  {
    id: 'D6',
    fault: 'Thirty thousand waiting calls are aborted: what is left in memory',
    must: 'nothing',
    args: ['--expose-gc'],
    deadline: 60_000,
    async provoke(lab) {
      const pool = await lab.openWarm({ threads: 1 })
      pool.run('never').catch(() => undefined)
      const wave = async () => {
        const stop = new AbortController()
        const all = Array.from({ length: 1_000 }, () =>
          pool.run('answer', [], { signal: stop.signal }).catch(() => undefined),
        )
        stop.abort()
        await Promise.all(all)
        await turn() // weak references hold until the event loop turns
      }
      process.removeAllListeners('warning')
      process.on('warning', () => undefined)
      lab.say('bytes a call', await growth(wave, { warmUp: 5, waves: 10, calls: 1_000 }))
    },
    needs: { 'bytes a call': (bytes) => Number(bytes) <= 20 },
    threadsGo: true,
  },
  {
    id: 'D7',
    fault: 'A canvas of a million calls',
    must: 'a thread gets the arguments of its calls, never the canvas',
    tests: [
      ['test/unit/graph/size.test.ts', 'an each of 1,000,000 members'],
      ['test/integration/counting.test.ts', 'leave and come back in forty messages'],
    ],
  },
  {
    id: 'D8',
    fault: 'Lists so long that a spread of them overflows the stack',
    must: 'nowhere is what a user gives spread',
    tests: [
      ['test/unit/graph/size.test.ts', 'an each of 1,000,000 members'],
      ['test/unit/graph/size.test.ts', 'runs and fails through without a stack overflow'],
      ['test/unit/result/group-get.test.ts', 'gives a list of 100,000'],
    ],
  },
  {
    id: 'D9',
    fault: 'A chain of 20,000 steps and more',
    must: 'nothing recurses over a canvas',
    tests: [
      ['test/unit/graph/size.test.ts', 'a chain of 100,000 steps'],
      ['test/unit/graph/size.test.ts', 'runs and fails through without a stack overflow'],
    ],
  },
  {
    id: 'D10',
    fault: 'Data nested 1,000 levels deep in both directions, and 512 levels',
    must: '512 pass, more is a typed error',
    async provoke(lab) {
      const pool = await lab.openWarm({ threads: 1 })
      await lab.watch('1,000 in a result', pool.run('giveNested', [1_000]))
      await lab.watch('1,000 in arguments', pool.run('echo', [nested(1_000)]))
      await lab.watch('512 in a result', pool.run('giveNested', [512]))
      await lab.watch('512 in arguments', pool.run('echo', [nested(511)]))
      await lab.watch('next', pool.run('answer'))
    },
    needs: {
      '1,000 in a result': SETTLES,
      '1,000 in arguments': SETTLES,
      '512 in a result': /^succeeds/,
      '512 in arguments': /^succeeds/,
      next: 'finishes',
    },
    ours: { '1,000 in a result': UNSENDABLE, '1,000 in arguments': UNSENDABLE },
  },
  {
    id: 'D11',
    fault: 'JSON text nested 100,000 levels deep, which `JSON.parse` takes',
    must: 'refused, without recursion',
    tests: [
      [
        'test/unit/canvas/json-limits.test.ts',
        'of 100,000 levels is refused, of canvases and of data, as text and as object',
      ],
    ],
  },
  {
    id: 'D12',
    fault: 'The queue loses, doubles or reorders',
    must: 'checked against a plain list',
    tests: [['test/unit/scheduler/ready-queue.test.ts', 'does what an array for each priority does']],
  },
]

/** What is left of each call, in bytes: the least of three stretches, since what leaks does so in all. */
async function growth(wave, { warmUp, waves, calls }) {
  const marks = []
  for (const count of [warmUp, waves, waves, waves]) {
    for (let i = 0; i < count; i++) await wave()
    await turn()
    marks.push(used())
  }
  const grown = marks.slice(1).map((mark, i) => mark - marks[i])
  return `${Math.max(0, Math.round(Math.min(...grown) / (waves * calls)))}`
}

function used() {
  globalThis.gc()
  globalThis.gc()
  return getHeapStatistics().used_heap_size
}
