/** Streams, on every executor: what they give, how they end, and that they leave nothing behind. */
import { Readable } from 'node:stream'
import { failureOf, type MapOptions, type Runtime } from 'celeriac'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Stage } from './stage.js'
import { streamTasks as t } from './stream-tasks.js'

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

/** Counts from 0, for ever, and says whether it was closed. */
class Endless {
  pulled = 0
  isClosed = false;
  *[Symbol.iterator]() {
    try {
      for (;;) yield this.pulled++
    } finally {
      this.isClosed = true
    }
  }
}

export function streamConformance(stage: Stage): void {
  describe(`streams: ${stage.name}`, () => {
    let runtime: Runtime
    beforeAll(() => {
      runtime = stage.make()
    })
    afterEach(async () => {
      await runtime.idle()
      const { running, ready } = runtime.inspect()
      // A thread may still be busy with a call that was revoked.
      const left = [...running, ...ready].filter(({ state }) => state !== 'REVOKED')
      expect(left, 'nothing is left').toEqual([])
    })
    afterAll(() => runtime.close({ drain: false }))
    const map = (task: any, items: any, options?: MapOptions): any => runtime.map(task, items, options)
    const starmap = (task: any, items: any, options?: MapOptions): any => runtime.starmap(task, items, options)

    values(map, starmap)
    ends(map, () => runtime)
    failures(map, starmap)
    closing(stage)
  })
}

type Stream = (task: any, items: any, options?: MapOptions) => any

async function valuesOf(stream: AsyncIterable<any>): Promise<any[]> {
  const values = []
  for await (const value of stream) values.push(value)
  return values
}

function values(map: Stream, starmap: Stream): void {
  async function* later() {
    for (const i of range(100)) yield i
  }
  it.each<[string, () => any, unknown]>([
    ['map an array', () => map(t.double, range(1_000)), range(1_000).map((i) => i * 2)],
    ['map an iterable', () => map(t.double, new Set([3, 1, 2])), [6, 2, 4]],
    ['map an async iterable', () => map(t.double, later()), range(100).map((i) => i * 2)],
    ["map one of Node's streams", () => map(t.double, Readable.from(range(100))), range(100).map((i) => i * 2)],
    ['map nothing', () => map(t.double, []), []],
    [
      'spread lists of arguments',
      () =>
        starmap(t.add, [
          [1, 2],
          [3, 4],
        ]),
      [3, 7],
    ],
    ['put bound arguments behind the item', () => map(t.add.s(10), [1, 2]), [11, 12]],
    ['hand over an options object', () => map(t.named.with({ prefix: 'no. ' }), [1, 2]), ['no. 1', 'no. 2']],
    [
      'wait for asynchronous tasks',
      () => map(t.addLater.s(1), range(20), { chunkSize: 3 }),
      range(20).map((i) => i + 1),
    ],
    ['retry by the policy of the task', () => map(t.flaky, [1, 2, 3], { chunkSize: 2 }), [1, 2, 3]],
    ['give undefined where results are ignored', () => map(t.forgotten, [1, 2]), [undefined, undefined]],
    [
      'carry the options of a signature',
      () =>
        map(
          t.context
            .s()
            .set({ headers: { a: 1 } })
            .stamp({ b: 2 }),
          [0],
        ),
      [{ headers: { a: 1 }, stamps: { b: [2] } }],
    ],
  ])('%s', async (_sentence, stream, expected) => {
    expect(await valuesOf(stream())).toEqual(expected)
  })

  it.each([1, 7, 1_000])('give the same in chunks of %i, in whatever order', async (chunkSize) => {
    expect(await valuesOf(map(t.double, range(500), { chunkSize }))).toEqual(range(500).map((i) => i * 2))
    const unordered = await valuesOf(map(t.double, range(500), { chunkSize, ordered: false }))
    expect(unordered.sort((a, b) => a - b)).toEqual(range(500).map((i) => i * 2))
  })

  it('pull no more than the window holds', async () => {
    const source = new Endless()
    let given = 0
    for await (const value of map(t.double, source, { window: 10 })) {
      expect(value).toBe(given++ * 2)
      expect(source.pulled - given).toBeLessThanOrEqual(10)
      if (given === 200) break
    }
    expect(source.isClosed).toBe(true)
  })

  it('can run beside each other', async () => {
    const streams = range(5).map((n) => valuesOf(map(t.add.s(n), range(50), { window: 8 })))
    expect(await Promise.all(streams)).toEqual(range(5).map((n) => range(50).map((i) => i + n)))
  })
}

function ends(map: Stream, runtime: () => Runtime): void {
  it('revoke what is running when the loop is left, and close the source', async () => {
    const source = new Endless()
    const states: string[] = []
    const listener = ({ taskName }: { taskName: string }) => states.push(taskName)
    runtime().on('task-revoked', listener as never)
    const started = new Promise((resolve) => runtime().once('task-started', resolve))
    const stream = map(t.waits, source, { chunkSize: 1, window: 3 })
    const first = stream.next()
    await started
    await stream.return()
    expect(await first).toEqual({ done: true, value: undefined })
    expect([source.isClosed, source.pulled]).toEqual([true, 3])
    runtime().off('task-revoked', listener as never)
    expect(states).toEqual(['waits', 'waits', 'waits'])
  })

  it('end by a signal, with its reason', async () => {
    const controller = new AbortController()
    const source = new Endless()
    const stream = map(t.double, source, { signal: controller.signal, window: 4 })
    await stream.next()
    controller.abort(new Error('enough'))
    await expect(stream.next()).rejects.toThrow('enough')
    expect([source.isClosed, await stream.next()]).toEqual([true, { done: true, value: undefined }])
  })
}

function failures(map: Stream, starmap: Stream): void {
  it.each([1, 5])(
    'end with the first failure in order, behind the values before it (chunks of %i)',
    async (chunkSize) => {
      const source = new Endless()
      const given: number[] = []
      const loop = async () => {
        for await (const value of map(t.failAt.s(15), source, { chunkSize })) given.push(value)
      }
      const error = await loop().catch((thrown) => thrown)
      expect(error).toEqual(new RangeError('failed at 15'))
      // Where in the stream, not where in its call.
      expect(failureOf(error)).toMatchObject({ path: 'items[15]', taskName: 'failAt' })
      expect(given).toEqual(range(15))
      expect(source.isClosed).toBe(true)
    },
  )

  it('end with the first failure that happens, unordered', async () => {
    const source = new Endless()
    await expect(valuesOf(map(t.failAt.s(15), source, { ordered: false }))).rejects.toThrow('failed at 15')
    expect(source.isClosed).toBe(true)
  })

  it('end with the failure of the source, behind the values of what it gave', async () => {
    function* breaks() {
      yield* range(10)
      throw new Error('the disk is gone')
    }
    const given: number[] = []
    const loop = async () => {
      for await (const value of map(t.double, breaks(), { chunkSize: 4 })) given.push(value)
    }
    await expect(loop()).rejects.toThrow('the disk is gone')
    expect(given).toEqual(range(10).map((i) => i * 2))
  })

  it('end with an item that cannot be sent, and one that is no list of arguments', async () => {
    await expect(valuesOf(map(t.double, [1, 2, 3, { a: () => {} }], { chunkSize: 2 }))).rejects.toMatchObject({
      code: 'ERR_SERIALIZATION',
      path: 'items[3].a',
      message: expect.stringMatching(/\(at items\[3\]\.a\)$/),
    })
    await expect(valuesOf(starmap(t.add, [[1, 2], 3]))).rejects.toMatchObject({
      code: 'ERR_INVALID_CANVAS',
      path: 'items[1]',
    })
  })

  it('refuse at the call what is no task, cannot be iterated, or makes no sense', () => {
    const refused = (make: () => unknown, error: object) => expect(make).toThrow(expect.objectContaining(error))
    refused(() => map(() => 1, [1]), { code: 'ERR_INVALID_CANVAS', path: 'task' })
    refused(() => map(t.double, 5), { code: 'ERR_INVALID_CANVAS', path: 'items' })
    refused(() => map(t.double, [1], { window: 0 }), { code: 'ERR_CONFIGURATION', option: 'window' })
    refused(() => map(t.double, [1], { chunkSize: 0 }), { code: 'ERR_CONFIGURATION', option: 'chunkSize' })
    refused(() => map(t.double.s().set({ taskId: 'x' }), [1]), { code: 'ERR_CONFIGURATION', option: 'taskId' })
  })
}

function closing(stage: Stage): void {
  it('stop between two items of a call', async () => {
    const runtime = stage.make({ threads: 1 })
    const told: unknown[] = []
    runtime.on('task-progress', ({ value }) => told.push(value))
    const first = new Promise((resolve) => runtime.once('task-progress', resolve))
    const stream: any = runtime.map(t.tells, range(2_000), { chunkSize: 2_000 })
    void stream.next()
    await first
    await stream.return()
    await runtime.run(t.double.s(1)) // there is one thread: it starts when the other call has really ended
    expect(told.length).toBeLessThan(1_000)
    await runtime.close()
  })

  it('end with ClosedError when their runtime closes', async () => {
    const runtime = stage.make()
    const source = new Endless()
    const stream: any = runtime.map(t.double, source, { window: 4 })
    await stream.next()
    await runtime.close()
    await expect(valuesOf(stream)).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    expect(source.isClosed).toBe(true)
    expect(() => runtime.map(t.double, [1])).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }))
  })

  it('wait for room where the queue is bounded', async () => {
    const runtime = stage.make({ maxQueue: 1 })
    expect(await valuesOf(runtime.map(t.double, range(100), { chunkSize: 3 }))).toEqual(range(100).map((i) => i * 2))
    await runtime.close()
  })

  it.each([
    ['alone', 1],
    ['alone', 0],
    ['paced', 1],
    ['paced', 0],
  ] as const)('wait for the limits of their task (%s), too, where the queue holds %i', async (name, maxQueue) => {
    const runtime = stage.make({ maxQueue })
    expect(await valuesOf(runtime.map(t[name], range(8), { chunkSize: 1, window: 8 }))).toEqual(range(8))
    await runtime.close()
  })

  it('leave nothing to be looked up', async () => {
    const runtime = stage.make({ resultTtl: Infinity })
    const ids: string[] = []
    runtime.on('task-succeeded', ({ id }) => ids.push(id))
    await valuesOf(runtime.map(t.double, [1, 2, 3], { chunkSize: 1 }))
    expect(ids.map((id) => runtime.result(id))).toEqual([undefined, undefined, undefined])
    await runtime.close()
  })
}
