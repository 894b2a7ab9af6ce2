/** What a thread does with batches: in which order calls begin, what is sent when, and what is taken back. */
import { describe, expect, it } from 'vitest'
import { chain } from '../../../src/canvas/chain.js'
import { Cursors } from '../../../src/executors/cursors.js'
import type { Rows } from '../../../src/serialization/columns.js'
import { defineTasks, task } from '../../../src/task/task.js'
import { BatchRunner } from '../../../src/worker/batch-runner.js'
import type { RunningTask } from '../../../src/worker/context.js'
import type { AnswerMessage, BatchMessage, PartMessage, Saying } from '../../../src/worker/protocol.js'
import { TaskModules } from '../../../src/worker/task-modules.js'

const MODULE = 'file:///batch-runner.js'
const pending = new Map<unknown, (value: unknown) => void>()
const log: string[] = []
const contexts: RunningTask[] = []
/** What a task does besides, in the test that needs it. */
let aside = (): void => {}

defineTasks(MODULE, {
  echo: (...args: unknown[]) => {
    log.push(`echo ${String(args)}`)
    aside()
    return args.length === 1 ? args[0] : args
  },
  fail: () => {
    throw new RangeError('no')
  },
  slow: (...args: unknown[]) => {
    log.push(`slow ${String(args)}`)
    return new Promise((resolve) => pending.set(args.at(-1), resolve))
  },
  handled: task({ onSuccess: () => void log.push('handler') }, () => 'handled'),
  told: function (this: RunningTask) {
    contexts.push(this)
    return new Promise((resolve) => pending.set('told', resolve))
  },
  toldInBody: function (this: RunningTask) {
    this.fail(new RangeError('swallowed'))
    return 'went on'
  },
  toldWithHandler: task({ onFailure: () => void log.push('failed') }, function (this: unknown) {
    contexts.push(this as RunningTask)
    return new Promise((resolve) => pending.set('told', resolve))
  }),
  lends: function (this: RunningTask) {
    contexts.push(this)
    return this.apply(chain() as never).get()
  },
} as never)

class Bench {
  readonly cursors = new Cursors()
  readonly sent: AnswerMessage[] = []
  readonly said: Saying[] = []
  readonly runner: BatchRunner
  now = 0
  #count = 0

  constructor(callsPerThread = 1) {
    this.runner = new BatchRunner({
      setup: { maxDepth: 512, defaults: {}, callsPerThread, cursors: this.cursors.cells },
      modules: new TaskModules(true),
      clock: { now: () => this.now, after: () => () => {} },
      stopwatch: () => this.now,
      say: (_batch, _call, saying) => void this.said.push(saying),
      send: (_batch, answer) => void this.sent.push(answer),
      checkMail: () => {},
      importing: () => {},
      imported: () => {},
    })
    log.length = 0
    pending.clear()
    contexts.length = 0
    aside = () => {}
  }

  run(message: BatchMessage): Promise<AnswerMessage> {
    return new Promise((resolve) => this.runner.run(message, resolve))
  }

  message(...parts: readonly PartMessage[]): BatchMessage {
    return { batch: this.#count++, cursor: this.cursors.claim(), parts }
  }
}

const rows = (...args: readonly (readonly unknown[])[]): Rows => ({ width: args[0]?.length ?? 0, values: args.flat() })
const who = {
  idPrefix: 'test-',
  workflow: 0,
  node: 0,
  id: undefined,
  rootId: undefined,
  parentId: undefined,
  groupId: undefined,
  groupIndex: undefined,
  headers: undefined,
  stamps: undefined,
  attempt: 1,
  eta: undefined,
  expires: undefined,
  mayAddToChord: false,
}
const part = (
  taskName: string,
  args: readonly (readonly unknown[])[],
  more: Partial<PartMessage> = {},
): PartMessage => ({
  taskName,
  moduleUrl: MODULE,
  how: 'call',
  size: args.length,
  args: rows(...args),
  items: undefined,
  who,
  policy: undefined,
  isLinked: false,
  isDeaf: false,
  dropsLinks: true,
  ...more,
})
const linked = (taskName: string, args: readonly (readonly unknown[])[], more: Partial<PartMessage> = {}) =>
  part(taskName, args, { isLinked: true, ...more })
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a batch', () => {
  it('runs its calls in order, and gives their values in one column', async () => {
    const bench = new Bench()
    const { ends } = await bench.run(bench.message(part('echo', [['a'], ['b'], ['c']])))
    expect(ends).toEqual([{ from: 0, values: ['a', 'b', 'c'] }])
    expect(log).toEqual(['echo a', 'echo b', 'echo c'])
  })

  it('gives many numbers as one block', async () => {
    const bench = new Bench()
    const numbers = Array.from({ length: 10 }, (_, i) => [i])
    const { ends } = await bench.run(bench.message(part('echo', numbers)))
    expect(ends).toEqual([{ from: 0, values: Float64Array.from(numbers.flat()) }])
  })

  it('goes on behind a call that fails', async () => {
    const bench = new Bench()
    const { ends } = await bench.run(bench.message(part('fail', [[]]), part('echo', [['b']])))
    expect(ends).toMatchObject([
      { at: 0, outcome: { ok: false } },
      { from: 1, values: ['b'] },
    ])
  })

  it('sends what has ended when the runs since took 0.2 ms', async () => {
    const bench = new Bench()
    aside = () => {
      bench.now += 0.3
    }
    const { ends } = await bench.run(bench.message(part('echo', [['a'], ['b']])))
    expect(bench.sent.map((answer) => answer.ends)).toEqual([[{ from: 0, values: ['a'] }]])
    expect(ends).toEqual([{ from: 1, values: ['b'] }])
  })

  it('begins nothing that was taken back', async () => {
    const bench = new Bench()
    const message = bench.message(part('echo', [['a'], ['b'], ['c']]))
    aside = () => {
      if (log.length === 2) expect(bench.cursors.take(message.cursor)).toBe(2)
    }
    const { ends } = await bench.run(message)
    expect(ends).toEqual([{ from: 0, values: ['a', 'b'] }])
  })

  it('waits for those that came before it', async () => {
    const bench = new Bench()
    const first = bench.run(bench.message(part('slow', [['x']])))
    const second = bench.run(bench.message(part('echo', [['y']])))
    await turn()
    expect(log).toEqual(['slow x'])
    pending.get('x')?.(1)
    await Promise.all([first, second])
    expect(log).toEqual(['slow x', 'echo y'])
  })

  it('tells its last ends before the next begins, which may take long', async () => {
    const bench = new Bench()
    bench.runner.run(bench.message(part('slow', [['x']])), () => log.push('told'))
    const second = bench.run(bench.message(part('echo', [['y']])))
    pending.get('x')?.(1)
    await second
    expect(log).toEqual(['slow x', 'told', 'echo y'])
  })

  it('that is added in the middle of a call begins when that is over', async () => {
    const bench = new Bench()
    const second = new Promise((resolve) => {
      aside = () => {
        aside = () => {}
        bench.runner.add(bench.message(part('echo', [['y']])), resolve)
        log.push('added')
      }
    })
    await Promise.all([bench.run(bench.message(part('echo', [['x']]))), second])
    expect(log).toEqual(['echo x', 'added', 'echo y'])
  })

  it('that is added beside a call that waits begins by itself', async () => {
    const bench = new Bench(2)
    bench.runner.run(bench.message(part('slow', [['x']])), () => {})
    await new Promise((resolve) => bench.runner.add(bench.message(part('echo', [['y']])), resolve))
    expect(log).toEqual(['slow x', 'echo y'])
  })

  it('runs handlers where there are any', async () => {
    const bench = new Bench()
    const { ends } = await bench.run(bench.message(part('handled', [[]])))
    expect(ends).toEqual([{ from: 0, values: ['handled'] }])
    expect(log).toEqual(['handler'])
  })
})

describe('asynchronous calls', () => {
  it('are as many at one time as a thread may have', async () => {
    const bench = new Bench(2)
    const done = bench.run(bench.message(part('slow', [['x'], ['y'], ['z']])))
    await turn()
    expect(log).toEqual(['slow x', 'slow y'])
    pending.get('y')?.('y')
    await turn()
    expect(log).toEqual(['slow x', 'slow y', 'slow z'])
    for (const end of pending.values()) end('late')
    await done
  })

  it('hold up the step behind them, whatever ends beside them', async () => {
    const bench = new Bench(2)
    const done = bench.run(
      bench.message(part('slow', [['beside'], ['first']]), linked('echo', [['bound']], { dropsLinks: false })),
    )
    await turn()
    pending.get('beside')?.(0)
    await turn()
    expect(log).toEqual(['slow beside', 'slow first'])
    pending.get('first')?.('value')
    await done
    expect(log.at(-1)).toBe('echo value,bound')
  })
})

describe('what goes wrong in the name of a call, outside of its body', () => {
  const failed = { ok: false, error: { message: 'late' } }

  it.each(['told', 'toldWithHandler'])(
    'fails the call at once, and what its body gives later is dropped (%s)',
    async (name) => {
      const bench = new Bench()
      const done = bench.run(bench.message(part(name, [[]]), part('echo', [['next']])))
      await turn()
      expect(contexts[0]?.fail(new RangeError('late'))).toBe(true)
      const { ends } = await done
      expect(ends).toMatchObject([
        { at: 0, outcome: failed },
        { from: 1, values: ['next'] },
      ])
      pending.get('told')?.('a value')
      await turn()
      expect(contexts[0]?.fail(new RangeError('later still'))).toBe(false)
      expect(bench.sent).toEqual([])
    },
  )

  it('fails a call that goes on as if nothing had been thrown', async () => {
    const bench = new Bench()
    const { ends } = await bench.run(bench.message(part('toldInBody', [[]])))
    expect(ends).toMatchObject([{ at: 0, outcome: { ok: false, error: { message: 'swallowed' } } }])
  })

  it('takes no second place from the thread of a call that had lent its own', async () => {
    const bench = new Bench()
    const done = bench.run(bench.message(part('lends', [[]]), part('slow', [['x']])))
    await turn()
    expect(log).toEqual(['slow x'])
    contexts[0]?.fail(new RangeError('late'))
    pending.get('x')?.(1)
    const last = await done
    expect([...bench.sent, last].flatMap(({ ends }) => ends)).toMatchObject([
      { at: 0, outcome: failed },
      { from: 1, values: [1] },
    ])
    const more = bench.run(bench.message(part('slow', [['y'], ['z']])))
    await turn()
    expect(log.slice(1)).toEqual(['slow y'])
    pending.get('y')?.(1)
    await turn()
    pending.get('z')?.(1)
    await more
  })
})

describe('steps that left together', () => {
  it('get the value of the one before, which stays in the thread', async () => {
    const bench = new Bench()
    const { ends } = await bench.run(bench.message(part('echo', [['a']]), linked('echo', [['b']])))
    expect(ends).toEqual([
      { from: 0, passed: 1 },
      { from: 1, values: [['a', 'b']] },
    ])
  })

  it('send every value when all are to be kept', async () => {
    const bench = new Bench()
    const keeps = { dropsLinks: false }
    const message = bench.message(part('echo', [['a']], keeps), linked('echo', [['b']], keeps))
    expect((await bench.run(message)).ends).toEqual([{ from: 0, values: ['a', ['a', 'b']] }])
  })

  it('do not run behind one that fails', async () => {
    const bench = new Bench()
    const message = bench.message(part('fail', [[]]), linked('echo', [['b']]), part('echo', [['c']]))
    const { ends } = await bench.run(message)
    expect(ends).toMatchObject([{ at: 0 }, { from: 2, values: ['c'] }])
  })

  it('count as begun only with the next call, if they will not run', async () => {
    const bench = new Bench()
    const message = bench.message(part('fail', [[]]), linked('echo', [['b'], ['c']]))
    await bench.run(message)
    expect(bench.cursors.begun(message.cursor)).toBe(1)
    const more = bench.message(part('fail', [[]]), linked('echo', [['b'], ['c']]), part('echo', [['d']]))
    await bench.run(more)
    expect(bench.cursors.begun(more.cursor)).toBe(4)
  })

  it('have their value sent after all when the next one is taken back', async () => {
    const bench = new Bench()
    const message = bench.message(part('echo', [['a']]), linked('echo', [['b']]))
    aside = () => void bench.cursors.take(message.cursor)
    expect((await bench.run(message)).ends).toEqual([{ from: 0, values: ['a'] }])
  })
})
