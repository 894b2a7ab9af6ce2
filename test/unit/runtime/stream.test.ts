/** Streams over calls that the test ends by hand: what is pulled when, what is handed out when, and what is left behind. */
import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { QueueFullError } from '../../../src/errors.js'
import { SlowSource, Source, StreamStage, turn } from './stream-stage.js'

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
const doubles = (count: number): number[] => range(count).map((i) => i * 2)
/** How a promise stands, without waiting for it. */
const stateOf = async (promise: Promise<unknown>): Promise<string> => {
  const settled = promise.then(
    (value) => `gave ${JSON.stringify(value)}`,
    (error) => `threw ${error instanceof Error ? error.message : error}`,
  )
  return Promise.race([
    settled,
    turn()
      .then(turn)
      .then(() => 'waits'),
  ])
}

describe('a stream', () => {
  it('touches nothing before it is asked', () => {
    const [stage, source] = [new StreamStage(), new Source()]
    stage.stream(source)
    expect([source.pulled, stage.started]).toEqual([0, []])
  })

  it.each([
    ['an array', range(50)],
    ['an iterable', new Source(50)],
    ['an async iterable', new Source(50).later],
    ['an empty one', []],
  ])('gives a value for each item of %s, in order', async (_sentence, items) => {
    const stage = new StreamStage()
    const count = Array.isArray(items) ? items.length : 50
    expect(await stage.run(stage.stream(items))).toEqual(doubles(count))
  })

  it('hands out in order also when calls end in another one', async () => {
    const stage = new StreamStage()
    const stream = stage.stream(range(4), { chunkSize: 2 })
    const first = stream.next()
    stage.started[1]!.succeed()
    expect(await stateOf(first)).toBe('waits')
    stage.started[0]!.succeed()
    expect(await first).toEqual({ done: false, value: 0 })
    expect([await stream.next(), await stream.next(), await stream.next()].map(({ value }) => value)).toEqual([2, 4, 6])
    expect(await stream.next()).toEqual({ done: true, value: undefined })
  })

  it('hands out as calls end with ordered: false', async () => {
    const stage = new StreamStage()
    const stream = stage.stream(range(4), { chunkSize: 2, ordered: false })
    const first = stream.next()
    stage.started[1]!.succeed()
    expect(await first).toEqual({ done: false, value: 4 })
    stage.started[0]!.succeed()
    expect([await stream.next(), await stream.next(), await stream.next()].map(({ value }) => value)).toEqual([6, 0, 2])
  })

  it('answers several calls of next() in their order', async () => {
    const stage = new StreamStage()
    const stream = stage.stream(range(3), { chunkSize: 1 })
    const asked = [stream.next(), stream.next(), stream.next(), stream.next(), stream.next()]
    for (const call of stage.started.toReversed()) call.succeed()
    expect((await Promise.all(asked)).map(({ value }) => value)).toEqual([0, 2, 4, undefined, undefined])
  })

  it('is done for ever once it is done', async () => {
    const stage = new StreamStage()
    const stream = stage.stream([])
    for (let i = 0; i < 3; i++) expect(await stream.next()).toEqual({ done: true, value: undefined })
  })

  it('gives undefined for each item where results are ignored', async () => {
    const stage = new StreamStage()
    stage.start = (_canvas, ended) => {
      queueMicrotask(() => ended({ ok: true, value: undefined }))
      return () => {}
    }
    expect(await stage.run(stage.stream(range(3), { chunkSize: 2 }))).toEqual([undefined, undefined, undefined])
  })
})

describe('the window', () => {
  it('is the most that is pulled and not yet handed out', async () => {
    const [stage, source] = [new StreamStage(), new Source()]
    const stream = stage.stream(source, { window: 6, chunkSize: 2 })
    const first = stream.next()
    expect([source.pulled, stage.started.length]).toEqual([6, 3])
    for (const call of stage.started) call.succeed()
    await first
    expect(source.pulled).toBe(6) // there is not yet room for a whole chunk
    await stream.next()
    expect(source.pulled).toBe(8)
  })

  it.each([true, false])('is kept whatever happens, with ordered: %s', async (ordered) => {
    const stage = new StreamStage(3)
    const source = new Source(500)
    const stream = stage.stream(source.later, { window: 7, ordered })
    let given = 0
    let most = 0
    for (let i = 0; ; i++) {
      const asked = stream.next()
      while ((await Promise.race([asked, turn()])) === undefined) {
        most = Math.max(most, source.pulled - given)
        // Another one of those that are going each time.
        stage.started.splice((i * 7) % Math.max(1, stage.started.length), 1)[0]?.succeed()
      }
      if ((await asked).done === true) break
      given++
      most = Math.max(most, source.pulled - given)
    }
    expect(given).toBe(500)
    expect(most).toBeLessThanOrEqual(7)
  })

  it('is four chunks for each slot by default', () => {
    const [stage, source] = [new StreamStage(3), new Source()]
    void stage.stream(source, { chunkSize: 5 }).next()
    expect([source.pulled, stage.started.length]).toEqual([60, 12])
  })

  it('of one item works one by one', async () => {
    const [stage, source] = [new StreamStage(), new Source(5)]
    const stream = stage.stream(source, { window: 1 })
    expect(await stage.run(stream)).toEqual(doubles(5))
    expect(source.pulled).toBe(5)
  })
})

describe('the size of chunks', () => {
  it('is the given one, but for the last', async () => {
    const stage = new StreamStage()
    const stream = stage.stream(new Source(7).later, { chunkSize: 3 })
    void stream.next()
    await turn()
    expect(stage.started.map(({ items }) => items)).toEqual([[0, 1, 2], [3, 4, 5], [6]])
  })

  it('grows while calls are short, and shrinks when they are long', async () => {
    const stage = new StreamStage(1)
    const sizes: number[] = []
    const start = stage.start.bind(stage)
    stage.start = (canvas, ended) => {
      sizes.push((canvas as { items: unknown[] }).items.length)
      return start(canvas, ended)
    }
    await stage.run(stage.stream(range(3_000)), 1)
    expect(Math.max(...sizes)).toBeGreaterThan(500)
    sizes.length = 0
    await stage.run(stage.stream(range(300)), 200)
    expect(Math.max(...sizes)).toBe(1)
  })

  it('leaves room in a given window for every slot to have one and another one that waits', async () => {
    const stage = new StreamStage(2)
    const stream = stage.stream(new Source(2_000), { window: 40 })
    const most = { items: 0 }
    const start = stage.start.bind(stage)
    stage.start = (canvas, ended) => {
      most.items = Math.max(most.items, (canvas as { items: unknown[] }).items.length)
      return start(canvas, ended)
    }
    await stage.run(stream)
    expect(most.items).toBe(10)
  })
})

describe('a slow source', () => {
  it('does not keep what it has given from leaving', async () => {
    const [stage, source] = [new StreamStage(), new SlowSource()]
    const stream = stage.stream(source)
    const first = stream.next()
    source.give(1)
    await turn()
    expect(stage.started.map(({ items }) => items)).toEqual([[1]])
    stage.started[0]!.succeed()
    expect(await first).toEqual({ done: false, value: 2 })
  })

  it('fills chunks of a given size', async () => {
    const [stage, source] = [new StreamStage(), new SlowSource()]
    void stage.stream(source, { chunkSize: 2 }).next()
    source.give(1)
    await turn()
    await turn()
    expect(stage.started).toEqual([])
    source.give(2)
    await turn()
    expect(stage.started.map(({ items }) => items)).toEqual([[1, 2]])
  })

  it('is asked for one item at a time', async () => {
    const [stage, source] = [new StreamStage(), new SlowSource()]
    const stream = stage.stream(source)
    void stream.next()
    void stream.next()
    source.give(1)
    await turn()
    source.give(2)
    await turn()
    expect(stage.started.map(({ items }) => items)).toEqual([[1], [2]])
    source.end()
    await turn()
    expect(source.isAsked).toBe(false)
  })
})

describe('a task that fails', () => {
  it('ends an ordered stream behind all that came before it, and revokes what comes after', async () => {
    const [stage, source] = [new StreamStage(), new Source()]
    const stream = stage.stream(source, { chunkSize: 1, window: 4 })
    const first = stream.next()
    const [a, b, c, d] = stage.started
    c!.fail(new RangeError('third'))
    expect([a!.revoked, b!.revoked, d!.revoked]).toEqual([undefined, undefined, new RangeError('third')])
    expect(source.closed).toBe(1)
    b!.succeed()
    a!.succeed()
    expect([await first, await stream.next()].map(({ value }) => value)).toEqual([0, 2])
    await expect(stream.next()).rejects.toThrow('third')
    expect(await stream.next()).toEqual({ done: true, value: undefined })
    expect([source.pulled, source.closed, stage.started.length]).toEqual([4, 1, 4])
  })

  it('names the first in order when several fail', async () => {
    const stage = new StreamStage()
    const stream = stage.stream(new Source(), { chunkSize: 1, window: 4 })
    const first = stream.next()
    stage.started[2]!.fail(new Error('third'))
    stage.started[1]!.fail(new Error('second'))
    stage.started[0]!.succeed()
    expect(await first).toEqual({ done: false, value: 0 })
    await expect(stream.next()).rejects.toThrow('second')
  })

  it('ends an unordered stream at once', async () => {
    const [stage, source] = [new StreamStage(), new Source()]
    const stream = stage.stream(source, { chunkSize: 1, window: 3, ordered: false })
    const first = stream.next()
    stage.started[1]!.fail(new RangeError('second'))
    await expect(first).rejects.toThrow('second')
    expect([stage.started[0]!.revoked, stage.started[2]!.revoked]).toEqual([
      new RangeError('second'),
      new RangeError('second'),
    ])
    expect(source.closed).toBe(1)
  })

  it('is told to the next who asks if nobody does', async () => {
    const stage = new StreamStage()
    const stream = stage.stream(new Source(), { chunkSize: 1, window: 2, ordered: false })
    const first = stream.next()
    stage.started[0]!.succeed()
    await first
    stage.started[1]!.fail(new Error('meanwhile'))
    await expect(stream.next()).rejects.toThrow('meanwhile')
  })

  it('fails like that when it cannot even be started', async () => {
    const [stage, source] = [new StreamStage(), new Source()]
    stage.refusal = new Error('closed')
    await expect(stage.stream(source).next()).rejects.toThrow('closed')
    expect(source.closed).toBe(1)
  })

  it('is not what a full queue is: the call waits for room', async () => {
    const stage = new StreamStage()
    stage.refusal = new QueueFullError('full', 0)
    const stream = stage.stream(range(2), { chunkSize: 1 })
    const first = stream.next()
    expect(await stateOf(first)).toBe('waits')
    stage.makeRoom()
    await turn()
    for (const call of stage.started) call.succeed()
    expect([await first, await stream.next()].map(({ value }) => value)).toEqual([0, 2])
  })

  it('starts nothing that waited for room once it is left', async () => {
    const stage = new StreamStage()
    stage.refusal = new QueueFullError('full', 0)
    const stream = stage.stream(range(2), { chunkSize: 1 })
    void stream.next()
    await stream.return()
    stage.makeRoom()
    await turn()
    expect(stage.started).toEqual([])
  })

  it('wins over a source that cannot be closed, which is warned of', async () => {
    const [stage, source] = [new StreamStage(), new Source()]
    source.closeFailure = new Error('stuck')
    const stream = stage.stream(source, { chunkSize: 1 })
    const first = stream.next()
    stage.started[0]!.fail(new Error('no'))
    await expect(first).rejects.toThrow('no')
    expect(stage.warnings).toEqual(['the source of a stream could not be closed: stuck'])
  })
})

describe('a source that fails', () => {
  it.each(['sync', 'async'])('ends an ordered stream behind what it gave (%s)', async (kind) => {
    const [stage, source] = [new StreamStage(), new Source()]
    source.failAt = 3
    const stream = stage.stream(kind === 'sync' ? source : source.later, { chunkSize: 2 })
    const first = stream.next()
    await turn()
    expect(stage.started.map(({ items }) => items)).toEqual([[0, 1], [2]])
    for (const call of stage.started) call.succeed()
    expect([await first, await stream.next(), await stream.next()].map(({ value }) => value)).toEqual([0, 2, 4])
    await expect(stream.next()).rejects.toBe(source.failure)
    expect(source.closed).toBe(0) // whoever throws is over
  })

  it.each(['sync', 'async'])('ends an unordered stream at once (%s)', async (kind) => {
    const [stage, source] = [new StreamStage(), new Source()]
    source.failAt = 3
    const stream = stage.stream(kind === 'sync' ? source : source.later, { chunkSize: 2, ordered: false })
    await expect(stream.next()).rejects.toBe(source.failure)
    expect(stage.started.map(({ revoked }) => revoked)).toEqual([source.failure])
  })

  it('fails when it cannot be opened', async () => {
    const items = {
      [Symbol.iterator]() {
        throw new Error('locked')
      },
    }
    await expect(new StreamStage().stream(items).next()).rejects.toThrow('locked')
  })

  it('fails when it does not answer as an iterator does', async () => {
    const items = { [Symbol.asyncIterator]: () => ({ next: async () => 5 }) }
    await expect(new StreamStage().stream(items).next()).rejects.toThrow('answered with 5')
  })
})

describe('leaving', () => {
  it('revokes what is running and closes the source', async () => {
    const [stage, source] = [new StreamStage(), new Source()]
    const stream = stage.stream(source, { chunkSize: 1, window: 3 })
    const first = stream.next()
    stage.started[0]!.succeed()
    await first
    expect(await stream.return()).toEqual({ done: true, value: undefined })
    expect(stage.started.slice(1).map(({ revoked }) => (revoked as Error).message)).toEqual(
      stage.started.slice(1).map(() => 'the stream was left'),
    )
    expect(source.closed).toBe(1)
    await stream.return()
    expect([source.closed, await stream.next()]).toEqual([1, { done: true, value: undefined }])
  })

  it('happens by breaking out of a loop', async () => {
    const [stage, source] = [new StreamStage(1), new Source()]
    const stream = stage.stream(source.later, { chunkSize: 1, window: 2 })
    queueMicrotask(() => setImmediate(() => stage.started[0]!.succeed()))
    for await (const value of stream) {
      expect(value).toBe(0)
      break
    }
    expect([source.closed, stage.started[1]!.revoked]).toEqual([1, new Error('the stream was left')])
  })

  it('before it was asked for anything touches nothing', async () => {
    const source = new Source()
    await new StreamStage().stream(source).return()
    expect([source.pulled, source.closed]).toEqual([0, 0])
  })

  it('answers whoever still asks', async () => {
    const stage = new StreamStage()
    const stream = stage.stream(new Source(), { chunkSize: 1 })
    const asked = [stream.next(), stream.next()]
    await stream.return()
    expect(await Promise.all(asked)).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ])
  })

  it('does not wait for a source that owes an item', async () => {
    const [stage, source] = [new StreamStage(), new SlowSource()]
    const stream = stage.stream(source)
    void stream.next()
    expect(await stream.return()).toEqual({ done: true, value: undefined })
    expect(source.closed).toBe(1)
    source.give(1)
    await turn()
    expect(stage.started).toEqual([])
  })

  it('waits until the source is closed, and throws what that throws', async () => {
    let isClosed = false
    async function* items() {
      try {
        for (let i = 0; ; i++) yield i
      } finally {
        await turn()
        isClosed = true
      }
    }
    const stage = new StreamStage()
    const stream = stage.stream(items(), { window: 1 })
    void stream.next()
    await turn()
    await stream.return()
    expect(isClosed).toBe(true)
    const source = new Source()
    source.closeFailure = new Error('stuck')
    const other = stage.stream(source, { window: 1 })
    void other.next()
    await expect(other.return()).rejects.toThrow('stuck')
  })

  it('leaves a failure of the source behind as a warning', async () => {
    const stage = new StreamStage()
    let fail = (_error: Error): void => {}
    const items = { [Symbol.asyncIterator]: () => ({ next: () => new Promise((_, reject) => (fail = reject)) }) }
    const stream = stage.stream(items)
    void stream.next()
    await stream.return()
    fail(new Error('too late'))
    await turn()
    expect(stage.warnings).toEqual(['the source of a stream failed after the stream was left: too late'])
  })
})

describe('a signal', () => {
  it('ends the iteration with its reason', async () => {
    const [stage, source, controller] = [new StreamStage(), new Source(), new AbortController()]
    const stream = stage.stream(source, { chunkSize: 1, window: 2, signal: controller.signal })
    const first = stream.next()
    controller.abort(new Error('enough'))
    await expect(first).rejects.toThrow('enough')
    expect(stage.started.map(({ revoked }) => revoked)).toEqual([new Error('enough'), new Error('enough')])
    expect([source.closed, await stream.next()]).toEqual([1, { done: true, value: undefined }])
  })

  it('that has aborted already lets nothing begin', async () => {
    const source = new Source()
    const stream = new StreamStage().stream(source, { signal: AbortSignal.abort('before') })
    await expect(stream.next()).rejects.toBe('before')
    expect([source.pulled, source.closed]).toEqual([0, 0])
  })

  it('is let go of at the end', async () => {
    const { signal } = new AbortController()
    const stage = new StreamStage()
    const stream = stage.stream(range(3), { signal })
    const first = stream.next()
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    await stage.run(stream)
    await first
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})

describe('a stream refuses', () => {
  const stage = new StreamStage()
  it.each<[string, unknown, string]>([
    ['a window of 0', { window: 0 }, 'window'],
    ['a window without end', { window: Infinity }, 'window'],
    ['chunks of 0', { chunkSize: 0 }, 'chunkSize'],
    ['half a chunk', { chunkSize: 1.5 }, 'chunkSize'],
    ['chunks that are larger than the window', { window: 5, chunkSize: 6 }, 'chunkSize'],
    ['an order that is neither true nor false', { ordered: 'no' }, 'ordered'],
    ['a signal that is none', { signal: {} }, 'signal'],
    ['an unknown option', { concurrency: 5 }, 'concurrency'],
  ])('%s', (_sentence, options, option) => {
    expect(() => stage.stream([1], options as never)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIGURATION', option }),
    )
  })

  it.each([
    ['a number', 5],
    ['nothing', undefined],
    ['null', null],
    ['an object', {}],
  ])('to iterate over %s', (_sentence, items) => {
    expect(() => stage.stream(items)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_CANVAS', path: 'items' }))
  })
})
