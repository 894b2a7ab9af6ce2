/** Groups whose members are pulled while they run, on every executor: what they give, how they end, and that nothing is pulled ahead. */
import { chain, chord, type GroupResult, group, type Runtime, type RuntimeOptions } from 'celeriac'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { lazyTasks as t } from './lazy-tasks.js'
import type { Stage } from './stage.js'

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
type Loose = (...args: any[]) => any
const anyGroup: Loose = group
const anyChord: Loose = chord
const anyChain: Loose = chain

/** Makes members by their number, perhaps for ever, and says how many were pulled and whether it was closed. */
class Source {
  pulled = 0
  isClosed = false
  readonly #make: (i: number) => unknown
  readonly #count: number
  constructor(make: (i: number) => unknown, count = Infinity) {
    this.#make = make
    this.#count = count
  }
  *[Symbol.iterator]() {
    try {
      while (this.pulled < this.#count) yield this.#make(this.pulled++)
    } finally {
      this.isClosed = true
    }
  }
}

const failing = (error: unknown, after = 1): Source =>
  new Source((i) => {
    if (i === after) throw error
    return t.inc.s(i)
  })

export function lazyGroupConformance(stage: Stage): void {
  describe(`lazy groups: ${stage.name}`, () => {
    let runtime: Runtime
    beforeAll(() => {
      runtime = stage.make()
    })
    afterEach(async () => {
      await runtime.idle()
      const { running, ready } = runtime.inspect()
      // A thread may still be busy with a call that was revoked.
      expect([...running, ...ready].filter(({ state }) => state !== 'REVOKED')).toEqual([])
    })
    afterAll(() => runtime.close({ drain: false }))

    values(() => runtime)
    room(stage, () => runtime)
    sources(() => runtime)
    stops(stage, () => runtime)
    handles(() => runtime)
  })
}

function values(runtime: () => Runtime): void {
  const members = (count: number, make: (i: number) => unknown = (i) => t.inc.s(i)) => new Source(make, count)
  it.each<[string, () => any, unknown]>([
    ['no member', () => anyGroup(members(0)), []],
    ['one member', () => anyGroup(members(1)), [1]],
    ['more than are pulled at one time', () => anyGroup(members(3_000)), range(3_000).map((i) => i + 1)],
    ['a set', () => anyGroup(new Set([t.inc.s(1), t.inc.s(2)])), [2, 3]],
    ['a one-shot iterator', () => anyGroup([t.inc.s(1)].values()), [2]],
    [
      'members of every kind',
      () =>
        anyGroup(
          new Set([
            t.inc.s(1),
            anyChain(t.inc.s(1), t.inc.s()),
            anyChord([t.inc.s(1), t.inc.s(2)], t.sum.s()),
            anyGroup(t.inc.s(4), anyGroup(members(2))),
            t.inc.map([5, 6]),
            t.add.chunks(
              [
                [1, 2],
                [3, 4],
              ],
              1,
            ),
            t.inc.each([[7]]),
            anyChain(),
          ]),
        ),
      [2, 3, 5, [5, [1, 2]], [6, 7], [[3], [7]], [8], undefined],
    ],
    ['what a step before them gives', () => anyChain(t.inc.s(1), anyGroup(members(3, (i) => t.add.s(i)))), [2, 3, 4]],
    ['a step behind them', () => anyChain(anyGroup(members(4)), t.sum.s()), 10],
    ['a body behind them', () => anyChord(members(100), t.sum.s()), 5_050],
    ['a lazy group in a lazy group', () => anyGroup(members(3, (i) => anyGroup(members(i)))), [[], [1], [1, 2]]],
    ['partials', () => anyGroup(members(2, (i) => t.add.s(i))).partial(10), [10, 11]],
    ['retries', () => anyGroup(members(3, (i) => t.flaky.s(i))), [0, 1, 2]],
    [
      'members that add members',
      () =>
        anyChord(
          members(3, (i) => t.adds.s(i)),
          t.sum.s(),
        ),
      103,
    ],
    ['a group that a task puts in its place', () => t.spawns.s(3), [1, 2, 3]],
  ])('collect %s', async (_what, canvas, expected) => {
    expect(await runtime().run(canvas())).toEqual(expected)
  })

  it('give what is applied to each member, and what the group says of its calls', async () => {
    expect(await runtime().run(anyGroup(members(2, (i) => t.add.s(i))), { args: [5] } as any)).toEqual([5, 6])
    const canvas = anyGroup(members(1, () => t.seen.s()))
      .set({ headers: { a: 1 } })
      .stamp({ b: 2 })
    expect(await runtime().run(canvas)).toEqual([expect.objectContaining({ headers: { a: 1 }, stamps: { b: [2] } })])
  })

  it('run callbacks once, with the whole list', async () => {
    const result = runtime().apply(anyGroup(members(3)).link(t.sum.s())) as any
    await result.get()
    expect(await result.children[0].get()).toBe(6)
  })

  it('can be applied again, if their iterable can begin again', async () => {
    const canvas = anyGroup(new Set([t.inc.s(1)]))
    expect([await runtime().run(canvas), await runtime().run(canvas)]).toEqual([[2], [2]])
    const once = anyGroup([t.inc.s(1)].values())
    expect(await runtime().run(once)).toEqual([2])
    await expect(runtime().run(once)).rejects.toThrow('a one-shot iterator can be applied once')
  })
}

/** Groups of which no member ends. */
function room(stage: Stage, runtime: () => Runtime): void {
  const startWaiting = async (on: Runtime, source: Source) => {
    const started = new Promise((resolve) => on.once('task-started', resolve))
    const result = on.apply(anyGroup(source)) as unknown as GroupResult
    await started
    return result
  }

  it('pull a few for each thread, and no more while none of them has ended', async () => {
    const source = new Source(() => t.waits.s())
    const result = await startWaiting(runtime(), source)
    expect([source.pulled, result.results.length, result.waiting()]).toEqual([4, 4, true])
    result.revoke()
    await expect(result.get()).rejects.toMatchObject({ code: 'ERR_REVOKED' })
    expect([source.pulled, source.isClosed, result.state]).toEqual([4, true, 'REVOKED'])
  })

  it('pull nothing before their turn comes, and nothing at all if it never does', async () => {
    const source = new Source((i) => t.inc.s(i))
    const result = runtime().apply(anyChain(t.fails.s(1), anyGroup(source))) as any
    expect(source.pulled).toBe(0)
    await expect(result.get()).rejects.toThrow('failed at 1')
    expect([source.pulled, result.results, result.waiting()]).toEqual([0, [], false])
  })

  it('leave room in a bounded queue', async () => {
    const bounded = stage.make({ threads: 1, maxQueue: 2 } satisfies RuntimeOptions)
    const source = new Source(() => t.waits.s())
    const result = await startWaiting(bounded, source)
    expect(source.pulled).toBe(2) // one runs, and half of the queue is theirs
    const other = bounded.apply(t.inc.s(1)) as any
    expect(() => bounded.apply(t.inc.s(1))).toThrow(expect.objectContaining({ code: 'ERR_QUEUE_FULL' }))
    result.revoke()
    expect(await other.get()).toBe(2)
    expect(await bounded.run(anyGroup(new Source((i) => t.inc.s(i), 200)))).toHaveLength(200)
    await bounded.close()
  })
}

function sources(runtime: () => Runtime): void {
  it.each<[string, unknown, object]>([
    ['throws', new RangeError('the disk is gone'), { message: 'the disk is gone', name: 'RangeError' }],
    ['throws what is no error', 'gone', { code: 'ERR_NON_ERROR_THROWN', value: 'gone' }],
  ])('fail at the member where their iterable %s', async (_how, thrown, expected) => {
    const source = failing(thrown, 2)
    const result = runtime().apply(anyGroup(source)) as any
    await expect(result.get()).rejects.toMatchObject(expected)
    expect(await result.get({ propagate: false })).toEqual([1, 2, expect.objectContaining(expected)])
    expect([result.state, result.results.map(({ state }: any) => state)]).toEqual([
      'FAILURE',
      ['SUCCESS', 'SUCCESS', 'FAILURE'],
    ])
  })

  it.each<[string, unknown, object]>([
    ['is no canvas', 7, { code: 'ERR_INVALID_CANVAS', path: 'members[1]' }],
    ['cannot be sent', t.inc.s(() => 1), { code: 'ERR_SERIALIZATION', path: 'members[1].args[0]' }],
    ['asks for an id that is taken', t.inc.s(1).set({ taskId: 'mine' }), { code: 'ERR_CONFIGURATION' }],
  ])('fail at a member that %s, and close their iterable', async (_how, member, expected) => {
    const source = new Source((i) => (i === 0 ? t.inc.s(1).set({ taskId: 'mine' }) : member))
    const result = runtime().apply(anyGroup(source)) as any
    const error = await result.get().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject(expected)
    expect([source.isClosed, result.results.length]).toEqual([true, 2])
  })

  it('tell errbacks and a body of it', async () => {
    const told: unknown[] = []
    runtime().on('task-succeeded', ({ taskName, value }) => taskName === 'told' && told.push(value))
    const errback = t.told.s()
    await expect(runtime().run(anyGroup(failing(new Error('gone'))).linkError(errback))).rejects.toThrow('gone')
    const body = t.sum.s().linkError(errback)
    await expect(runtime().run(anyChord(failing(new Error('gone')), body))).rejects.toThrow('gone')
    await runtime().idle()
    runtime().off('task-succeeded')
    expect(told).toContainEqual(['gone', 'members[1]'])
    expect(told).toContainEqual([expect.stringContaining('pulling it raised Error: gone'), 'body'])
    expect(told).toHaveLength(2)
  })

  it('wait for the members before it, and give the first failure in member order', async () => {
    const source = new Source((i) => {
      if (i === 2) throw new Error('gone')
      return i === 1 ? t.fails.s(i) : t.inc.s(i)
    })
    await expect(runtime().run(anyGroup(source))).rejects.toThrow('failed at 1')
  })
}

function stops(stage: Stage, runtime: () => Runtime): void {
  const endless = () => new Source((i) => t.inc.s(i))
  const someEnded = (on: Runtime) => new Promise((resolve) => on.once('task-succeeded', resolve))

  it('of an endless iterable can be revoked', async () => {
    const source = endless()
    const ended = someEnded(runtime())
    const result = runtime().apply(anyGroup(source)) as any
    await ended
    runtime().revoke(result)
    await expect(result.get()).rejects.toMatchObject({ code: 'ERR_REVOKED' })
    expect([source.isClosed, result.state]).toEqual([true, 'REVOKED'])
  })

  it('of members that end as they come can be revoked', async () => {
    const source = new Source(() => anyChain())
    const result = runtime().apply(anyGroup(source)) as any
    stage.letTimePass(runtime(), 1)
    result.revoke()
    await expect(result.get()).rejects.toMatchObject({ code: 'ERR_REVOKED' })
    expect(source.isClosed).toBe(true)
  })

  it('with failFast end with the first failure', async () => {
    const source = new Source((i) => (i === 9 ? t.fails.s(9) : t.inc.s(i)))
    await expect(runtime().run(anyGroup(source).set({ failFast: true }))).rejects.toThrow('failed at 9')
    expect(source.isClosed).toBe(true)
  })

  it('end when their runtime closes', async () => {
    const closing = stage.make()
    const source = endless()
    const ended = someEnded(closing)
    const result = closing.apply(anyGroup(source)) as any
    await ended
    await closing.close({ drain: false })
    await expect(result.get()).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    expect(source.isClosed).toBe(true)
  })

  it('can be stopped by the iterable itself, while it is pulled', async () => {
    const stop = new AbortController()
    const members = function* () {
      yield t.inc.s(1)
      stop.abort(new Error('enough'))
      yield t.inc.s(2)
    }
    const result = runtime().apply(anyGroup(members()), { signal: stop.signal } as never) as any
    await expect(result.get()).rejects.toMatchObject({ code: 'ERR_REVOKED' })
  })
}

function handles(runtime: () => Runtime): void {
  it('hand out members as they are pulled, in order or as they end', async () => {
    for (const ordered of [true, false]) {
      const result = runtime().apply(anyGroup(new Source((i) => t.inc.s(i), 300))) as unknown as GroupResult
      const seen: unknown[] = []
      for await (const one of result.iterate({ ordered })) seen.push([one.index, one.ok && one.value])
      expect(ordered ? seen : seen.sort((a: any, b: any) => a[0] - b[0])).toEqual(range(300).map((i) => [i, i + 1]))
      expect([result.completedCount(), result.waiting()]).toEqual([300, false])
    }
  })

  it('are found by the ids of members, also when those have ended', async () => {
    const result = runtime().apply(anyGroup(new Source((i) => t.inc.s(i), 3))) as unknown as GroupResult
    await result.get()
    const ids = result.results.map(({ id }) => id)
    expect(new Set(ids).size).toBe(3)
    expect(ids.map((id) => runtime().result(id)?.result)).toEqual([1, 2, 3])
  })
}
