/**
 * Very many runs in one turn, each with a promise of its own: from some number on they share one workflow inside, and nobody must be able to tell.
 * So what the first of them come to, which have workflows of their own, the last must come to as well.
 */
import { failureOf, type Runtime, type RuntimeEvents, type Signature, TaskRevokedError } from 'celeriac'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { manyTasks as t } from './many-tasks.js'
import type { Stage } from './stage.js'

type Loose = Signature<[], unknown>

/** More than have workflows of their own in one turn. */
const MANY = 150

const crowd = <T>(make: (i: number) => T): T[] => Array.from({ length: MANY }, (_, i) => make(i))

export function manyRunsConformance(stage: Stage): void {
  describe(`many runs in one turn: ${stage.name}`, () => {
    let runtime: Runtime
    beforeAll(() => {
      runtime = stage.make()
    })
    afterEach(async () => {
      await runtime.idle()
      expect(runtime.metrics()).toMatchObject({ running: 0, ready: 0, scheduled: 0 })
    })
    afterAll(() => runtime.close({ drain: false }))

    ends(() => runtime)
    identity(() => runtime)
    stops(stage, () => runtime)
    handles(() => runtime)
    events(stage)
  })
}

function ends(runtime: () => Runtime): void {
  it('give each its own value', async () => {
    expect(await Promise.all(crowd((i) => runtime().run(t.add.s(i, 1))))).toEqual(crowd((i) => i + 1))
  })

  it('fail each by itself', async () => {
    const ended = await Promise.allSettled(crowd((i) => runtime().run(t.isOdd.s(i))))
    const told = ended.map((end) => (end.status === 'fulfilled' ? end.value : String(end.reason)))
    expect(told).toEqual(crowd((i) => (i % 2 === 0 ? `RangeError: ${i} is even` : i)))
    const failures = ended.flatMap((end) => (end.status === 'rejected' ? [failureOf(end.reason)] : []))
    expect(new Set(failures.map((failure) => failure?.taskId)).size).toBe(MANY / 2)
    expect(failures.at(-1)).toMatchObject({ path: '', attempt: 1, args: [MANY - 2], taskName: failures[0]?.taskName })
  })

  it.each([
    ['tried again', () => t.again.s()],
    ['given up', () => t.gaveUp.s()],
    ['replaced', () => t.replaced.s(1)],
    ['ignored', () => t.ignored.s()],
    ['rejected', () => t.rejected.s()],
    ['what cannot be sent', () => t.unsendable.s()],
    ['handled', () => t.handled.s(7)],
  ])('end alike when they are %s', async (_what, make) => {
    const ended = await Promise.allSettled(crowd(() => runtime().run(make() as Loose)))
    const [first, ...others] = ended.map((end) => (end.status === 'fulfilled' ? end.value : String(end.reason)))
    expect(others).toEqual(others.map(() => first))
  })

  it('settle beside others that are run with options', async () => {
    const plain = crowd((i) => runtime().run(t.add.s(i, 1)))
    const others = [runtime().run(t.add.s(1, 1), { priority: 5 }), runtime().run(t.add.s(2, 2), { countdown: 0 })]
    const later = crowd((i) => runtime().run(t.add.s(i, 2)))
    expect(await Promise.all(others)).toEqual([2, 4])
    expect(await Promise.all([...plain, ...later])).toEqual([...crowd((i) => i + 1), ...crowd((i) => i + 2)])
  })

  it('come before what is applied after them', async () => {
    const runs = crowd((i) => runtime().run(t.add.s(i, 1)))
    const applied = runtime().apply(t.add.s(1_000, 1)).get()
    const { ready } = runtime().inspect()
    expect(ready.slice(-2).map(({ args }) => args[0])).toEqual([MANY - 1, 1_000])
    await Promise.all([applied, ...runs])
  })
}

function identity(runtime: () => Runtime): void {
  it('are each the root of their own', async () => {
    const found = await Promise.all(crowd(() => runtime().run(t.who.s())))
    expect(new Set(found.map(({ id }) => id)).size).toBe(MANY)
    for (const { id, ...who } of found)
      expect(who).toEqual({
        rootId: id,
        parentId: undefined,
        groupId: undefined,
        groupIndex: undefined,
        taskName: found[0]?.taskName,
        retries: 0,
      })
  })

  it('are each the root of their children', async () => {
    for (const { own, child } of await Promise.all(crowd(() => runtime().run(t.parent.s()))))
      expect([child.rootId, child.parentId]).toEqual([own, own])
  })
}

function stops(stage: Stage, runtime: () => Runtime): void {
  it('can be revoked one by one', async () => {
    const runs = crowd((i) => runtime().run(t.add.s(i, 1)))
    const last = runtime()
      .inspect()
      .ready.find(({ args }) => args[0] === MANY - 1)
    expect(runtime().revoke(last?.id as string)).toBe(1)
    const ended = await Promise.allSettled(runs)
    expect(ended.map(({ status }) => status)).toEqual(crowd((i) => (i === MANY - 1 ? 'rejected' : 'fulfilled')))
    expect((ended.at(-1) as PromiseRejectedResult).reason).toBeInstanceOf(TaskRevokedError)
  })

  it('all settle when the runtime is destroyed', async () => {
    const other = stage.make()
    const runs = crowd((i) => other.run(t.add.s(i, 1)))
    const settled = Promise.allSettled(runs)
    await other.destroy()
    const ended = await settled
    expect(ended.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0)
    await expect(other.run(t.add.s(1, 1))).rejects.toThrow('closed')
  })
}

function handles(runtime: () => Runtime): void {
  it('have handles while they are pending', async () => {
    const runs = crowd((i) => runtime().run(t.add.s(i, 1)))
    const [found] = runtime()
      .inspect()
      .ready.filter(({ args }) => args[0] === MANY - 1)
    const handle = runtime().result(found?.id as string)
    expect(handle?.parent).toBeUndefined()
    expect(await handle?.get()).toBe(MANY)
    expect(handle?.state).toBe('SUCCESS')
    await Promise.all(runs)
  })
}

function events(stage: Stage): void {
  it.each([
    ['alone', () => t.who.s(), 1],
    ['with a child', () => t.parent.s(), 2],
    ['with what replaces them', () => t.replaced.s(1), 3],
  ])('finish one by one, %s, also for whoever listens later', async (_what, make, calls) => {
    const other = stage.make()
    const runs = crowd(() => other.run(make() as Loose))
    const finished: RuntimeEvents['workflow-finished'][] = []
    other.on('workflow-finished', (event) => void finished.push(event))
    await Promise.all(runs)
    await other.idle()
    expect(new Set(finished.map(({ id }) => id)).size).toBe(MANY)
    expect(finished.map(({ calls, state, id, rootId }) => ({ calls, state, isRoot: id === rootId }))).toEqual(
      crowd(() => ({ calls, state: 'SUCCESS', isRoot: true })),
    )
    await other.close()
  })
}
