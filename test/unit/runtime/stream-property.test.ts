/** Whatever happens to a stream in whatever order: values in order, within the window, an end, and nothing left behind it. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Started, StreamStage, turn } from './stream-stage.js'

type Act =
  | { readonly do: 'ask' | 'give' | 'end source' | 'break source' | 'turn' | 'leave' }
  | { readonly do: 'succeed' | 'fail'; readonly which: number }

const act = fc.oneof<fc.WeightedArbitrary<Act>[]>(
  { weight: 6, arbitrary: fc.constant({ do: 'ask' }) },
  { weight: 16, arbitrary: fc.constant({ do: 'give' }) },
  { weight: 4, arbitrary: fc.constant({ do: 'turn' }) },
  { weight: 6, arbitrary: fc.nat(9).map((which): Act => ({ do: 'succeed', which })) },
  { weight: 1, arbitrary: fc.nat(9).map((which): Act => ({ do: 'fail', which })) },
  { weight: 1, arbitrary: fc.constantFrom<Act>({ do: 'end source' }, { do: 'break source' }, { do: 'leave' }) },
)
const settings = fc.record({
  slots: fc.integer({ min: 1, max: 3 }),
  window: fc.option(fc.integer({ min: 4, max: 12 }), { nil: undefined }),
  chunkSize: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
  ordered: fc.boolean(),
})

/** A source that gives, ends and breaks when it is told to, also before it is asked. */
class ToldSource {
  readonly #said: (() => IteratorResult<number> | never)[] = []
  #asked: { resolve(step: IteratorResult<number>): void; reject(error: unknown): void } | undefined
  given = 0
  isOver = false
  isClosed = false;

  [Symbol.asyncIterator](): AsyncIterator<number> {
    return {
      next: () =>
        new Promise((resolve, reject) => {
          this.#asked = { resolve, reject }
          this.#answer()
        }),
      return: async () => {
        this.isClosed = true
        return { done: true, value: undefined }
      },
    }
  }

  say(what: 'give' | 'end source' | 'break source'): void {
    this.#said.push(() => {
      if (what === 'give') return { done: false, value: this.given++ }
      this.isOver = true
      if (what === 'end source') return { done: true, value: undefined }
      throw new Error('the source broke')
    })
    this.#answer()
  }

  #answer(): void {
    const asked = this.#asked
    const said = asked && this.#said.shift()
    if (asked === undefined || said === undefined) return
    this.#asked = undefined
    try {
      asked.resolve(said())
    } catch (error) {
      asked.reject(error)
    }
  }
}

/** A stream with all that was asked of it, and what came of that. */
class Story {
  readonly stage: StreamStage
  readonly source = new ToldSource()
  readonly values: number[] = []
  readonly ends: string[] = []
  most = 0
  #asked = 0
  readonly #ended = new Set<Started>()
  readonly #stream

  constructor(slots: number, options: object) {
    this.stage = new StreamStage(slots)
    this.#stream = this.stage.stream(this.source, options)
  }

  async act(one: Act): Promise<void> {
    if (one.do === 'ask') this.ask()
    else if (one.do === 'turn') await turn()
    else if (one.do === 'leave') await this.#stream.return()
    else if (one.do === 'succeed' || one.do === 'fail') this.#settle(one.which, one.do)
    else this.source.say(one.do)
    for (let i = 0; i < 5; i++) await Promise.resolve() // as many steps as an item takes through the stream
    this.most = Math.max(this.most, this.source.given - this.values.length)
  }

  ask(): void {
    this.#asked++
    this.#stream.next().then(
      ({ done, value }) => (done === true ? this.ends.push('done') : this.values.push(value as number)),
      (error: Error) => this.ends.push(error.message),
    )
  }

  get going(): Started[] {
    return this.stage.started.filter((call) => !this.#ended.has(call) && call.revoked === undefined)
  }

  #settle(which: number, how: 'succeed' | 'fail'): void {
    const { going } = this
    const call = going[which % Math.max(1, going.length)]
    if (call === undefined) return
    this.#ended.add(call)
    if (how === 'succeed') call.succeed()
    else call.fail(new Error('a task failed'))
  }

  /** The source ends, all calls succeed, and somebody asks until the end. */
  async finish(): Promise<void> {
    if (!this.source.isOver) this.source.say('end source')
    for (let i = 0; this.ends.length === 0; i++) {
      expect(i, 'it does not come to an end').toBeLessThan(500)
      if (this.#asked === this.values.length + this.ends.length) this.ask()
      this.#settle(0, 'succeed')
      await turn()
    }
    await turn()
  }
}

describe('any stream', () => {
  it('ends, in order, within its window, and leaves nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(
        settings,
        fc.array(act, { maxLength: 200, size: 'max' }),
        async ({ slots, ...options }, acts) => {
          const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
          const story = new Story(slots, given)
          for (const one of acts) await story.act(one)
          await story.finish()

          const expected = options.ordered ? story.values : story.values.toSorted((a, b) => a - b)
          const all = Array.from({ length: story.source.given }, (_, i) => i * 2)
          if (options.ordered) expect(story.values).toEqual(all.slice(0, story.values.length))
          else expect(all).toEqual(expect.arrayContaining(expected))
          expect(new Set(story.values).size).toBe(story.values.length)
          if (options.window !== undefined) expect(story.most).toBeLessThanOrEqual(options.window)
          // The first to be told is told why; whoever asks later learns that it is over.
          expect(story.ends.slice(1).every((end) => end === 'done')).toBe(true)
          if (story.ends[0] === 'done' && !acts.some((one) => one.do === 'leave'))
            expect(story.values).toHaveLength(all.length)
          expect(story.going).toEqual([])
          expect(story.source.isOver || story.source.isClosed || story.source.given === 0).toBe(true)
        },
      ),
      { numRuns: 300 },
    )
  })
})
