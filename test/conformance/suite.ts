/** What a runtime must do, whatever runs its calls: one suite for every executor. */
import {
  type AnyCanvas,
  type AsyncResult,
  type Canvas,
  ChordError,
  ClosedError,
  chain,
  chord,
  chunks,
  createRuntime,
  failureOf,
  type GroupResult,
  group,
  NonErrorThrown,
  NotRegisteredError,
  RemoteError,
  ResultTimeoutError,
  type Runtime,
  type RuntimeOptions,
  SerializationError,
  type Task,
  tasksFrom,
  WorkerLostError,
} from 'celeriac'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PaymentError, tasks } from './tasks.js'

const t = tasks as Readonly<Record<string, Task<any[], any, any>>> & { readonly [name: string]: any }
const { add, mul, tsum, identity, pack, upper, fail, failIf } = t
/** Canvases that are built from data have no types to check. */
const untyped = {
  chain: chain as (...steps: unknown[]) => AnyCanvas & Canvas,
  group: group as unknown as (...members: unknown[]) => AnyCanvas & Canvas,
  chord: chord as (header: unknown, body: unknown) => AnyCanvas & Canvas,
}

/** How a suite gets its runtimes. */
export type MakeRuntime = (options: RuntimeOptions) => Runtime

export function conformance(name: string, options: RuntimeOptions, make: MakeRuntime = createRuntime): void {
  describe(`conformance: ${name}`, () => {
    let runtime: Runtime
    beforeAll(() => {
      runtime = make({ threads: 2, ...options })
    })
    afterAll(() => runtime.close())
    const run = (canvas: unknown, given?: unknown): Promise<unknown> => runtime.run(canvas as never, given as never)
    const apply = (canvas: unknown, given?: unknown): AsyncResult<any> => runtime.apply(canvas as never, given as never)
    const rejection = async (canvas: unknown, given?: unknown): Promise<any> => {
      try {
        await run(canvas, given)
      } catch (error) {
        return error
      }
      throw new Error('it did not reject')
    }

    values(run)
    callbacks(() => runtime, run, rejection)
    failures(rejection, run, apply)
    errorsAcross(run, rejection)
    results(apply)
    identity_(run, apply)
    badInput(() => runtime, run, rejection)
    life(options, make)
  })
}

type Run = (canvas: unknown, given?: unknown) => Promise<unknown>
type Apply = (canvas: unknown, given?: unknown) => AsyncResult<any>
type Reject = (canvas: unknown, given?: unknown) => Promise<any>

function values(run: Run): void {
  const { chain, group, chord } = untyped
  const cases: readonly (readonly [sentence: string, canvas: () => unknown, value: unknown, given?: unknown])[] = [
    ['runs one call', () => add.s(2, 3), 5],
    ['awaits an asynchronous task', () => mul.s(2, 3), 6],
    ['puts applied arguments in front', () => pack.s('c'), ['a', 'b', 'c'], { args: ['a', 'b'] }],
    ['ignores applied arguments when immutable', () => pack.si('c'), ['c'], { args: ['a'] }],
    ['hands over the options object last', () => upper.with({ suffix: '!' }).s('a'), 'A!'],
    [
      'merges applied kwargs over stored ones',
      () => upper.with({ suffix: '!' }).s('a'),
      'A?',
      { kwargs: { suffix: '?' } },
    ],
    ['gives undefined for a task that returns nothing', () => t.nothing.s(), undefined],
    ['hands each value to the next step', () => chain(add.s(1, 1), mul.s(3), add.s(4)), 10],
    ['hands a list over as one argument', () => chain(pack.s(1, 2), pack.s(3)), [[1, 2], 3]],
    ['drops what came in at an immutable step', () => chain(add.s(1, 1), add.si(5, 5), mul.s(2)), 20],
    ['takes the empty chain for the identity', () => chain(add.s(1, 1), chain(), mul.s(2)), 4],
    ['gives undefined for an empty chain alone', () => chain(), undefined],
    ['hands applied arguments to the first step', () => chain(pack.s('b'), identity.s()), ['a', 'b'], { args: ['a'] }],
    ['gives a list for a group', () => group(add.s(1, 1), upper.s('a')), [2, 'A']],
    ['gives a list for a group of one', () => group(add.s(1, 1)), [2]],
    ['gives an empty list for an empty group', () => group(), []],
    [
      'nests the list of a nested group',
      () => group(group(add.s(1, 1)), group(), group(group(add.s(2, 2)))),
      [[2], [], [[4]]],
    ],
    [
      'gives every member what comes in',
      () => chain(add.s(1, 1), group(add.s(1), mul.s(5), pack.si('i'))),
      [3, 10, ['i']],
    ],
    [
      'hands applied arguments to every member',
      () => group(add.s(1), chain(add.s(2), mul.s(2))),
      [11, 24],
      { args: [10] },
    ],
    ['takes an empty chain as a member', () => chain(identity.s(2), group(chain(), add.s(1))), [2, 3]],
    ['runs a body with the list', () => chord([add.s(1, 1), add.s(2, 2)], tsum.s()), 6],
    ['runs the body of an empty header with an empty list', () => chord([], identity.s()), []],
    ['hands applied arguments to the header', () => chord([add.s(1), add.s(2)], tsum.s()), 23, { args: [10] }],
    ['takes a chord for a group and a body', () => chain(group(add.s(1, 1), add.s(2, 2)), tsum.s()), 6],
    [
      'chains chord to chord',
      () =>
        chain(
          chord([add.s(1, 1), add.s(2, 2)], tsum.s()),
          chord([add.s(1), add.s(2)], tsum.s()),
          chord([mul.s(1), mul.s(2)], tsum.s()),
        ),
      45,
    ],
    [
      'runs a group after a group',
      () => chain(group(add.s(1, 1), add.s(2, 2)), group(tsum.s(), identity.s()), pack.s()),
      [[6, [2, 4]]],
    ],
    ['runs a chord with a group as body', () => chord([add.s(1, 1)], group(tsum.s(), identity.s())), [2, [2]]],
    [
      'runs a chord with a chord as body',
      () => chord([add.s(1, 1), add.s(2, 2)], chord([tsum.s(), identity.s()], pack.s())),
      [[6, [2, 4]]],
    ],
    ['runs a chord in a header', () => chord([chord([add.s(1, 1), add.s(2, 2)], tsum.s()), add.s(3, 3)], tsum.s()), 12],
    [
      'gives a header chain that ends in a group one slot',
      () => chord([chain(add.s(1, 1), group(add.s(1), add.s(2))), add.s(3, 3)], identity.s()),
      [[3, 4], 6],
    ],
    [
      'runs the rest of a chain once after a chord with a group body',
      () => chain(chord([add.s(1, 1)], group(tsum.s(), identity.s())), pack.s()),
      [[2, [2]]],
    ],
    ['maps in one call', () => tsum.map([[1, 2], [3]]), [3, 3]],
    ['maps asynchronous tasks in order', () => mul.s(2).map([1, 2, 3]), [2, 4, 6]],
    [
      'keeps bound arguments behind the item',
      () => pack.s('b').map([1, [2]]),
      [
        [1, 'b'],
        [[2], 'b'],
      ],
    ],
    [
      'starmaps lists of arguments',
      () =>
        add.starmap([
          [1, 2],
          [3, 4],
        ]),
      [3, 7],
    ],
    ['ignores what comes into a map', () => chain(add.s(1, 1), identity.map(['x'])), ['x']],
    ['maps nothing to nothing', () => identity.map([]), []],
    [
      'cuts chunks',
      () =>
        add.chunks(
          [
            [1, 1],
            [2, 2],
            [3, 3],
          ],
          2,
        ),
      [[2, 4], [6]],
    ],
    [
      'cuts one chunk of infinite size',
      () =>
        add.chunks(
          [
            [1, 1],
            [2, 2],
          ],
          Infinity,
        ),
      [[2, 4]],
    ],
    ['cuts chunks of a signature', () => chunks(mul.s(3) as never, [[1], [2]] as never, 1), [[3], [6]]],
    ['cuts no chunks of nothing', () => add.chunks([], 2), []],
    [
      'runs chunks as a header',
      () =>
        chord(
          add.chunks(
            [
              [1, 1],
              [2, 2],
              [3, 3],
            ],
            2,
          ),
          identity.s(),
        ),
      [[2, 4], [6]],
    ],
    [
      'runs chunks in a chain and in a group',
      () =>
        chain(
          add.s(1, 1),
          group(
            add.chunks(
              [
                [1, 1],
                [2, 2],
              ],
              1,
            ),
            add.s(1),
          ),
        ),
      [[[2], [4]], 3],
    ],
    [
      'runs each item as a call',
      () =>
        add.each([
          [1, 1],
          [2, 2],
        ]),
      [2, 4],
    ],
    [
      'runs each as a header, and in a chain',
      () =>
        chain(
          add.s(1, 1),
          chord(
            add.each([
              [1, 1],
              [2, 2],
            ]),
            tsum.s(),
          ),
          add.s(1),
        ),
      7,
    ],
    ['runs each of nothing', () => add.each([]), []],
    ['hands the options object to each', () => upper.with({ suffix: '!' }).each([['a'], ['b']]), ['A!', 'B!']],
    ['takes members from a set', () => group(new Set([add.s(1, 1), add.s(2, 2)])), [2, 4]],
    [
      'takes members from a generator',
      () =>
        group(
          (function* () {
            yield add.s(1, 1)
            yield add.s(2, 2)
          })(),
        ),
      [2, 4],
    ],
    ['takes steps from an array', () => chain([add.s(1, 1), mul.s(5)]), 10],
    [
      'pipes',
      () =>
        add
          .s(1, 1)
          .pipe(mul.s(4))
          .pipe(group(add.s(1), add.s(2))),
      [9, 10],
    ],
    ['completes a partial', () => pack.s('c').partial('b').partial('a'), ['a', 'b', 'c']],
    [
      'completes every member of a group',
      () => group(pack.s(1), chain(pack.s(2), pack.s(3))).partial('a'),
      [
        ['a', 1],
        [['a', 2], 3],
      ],
    ],
    ['runs plain functions of a module', () => chain(plain().square.s(3), plain().later.s()), 10],
    ['finds a task under the name that it chose', () => t.tracked.s('x'), 'x'],
  ]
  it.each(cases)('%s', async (_sentence, canvas: any, value, given) => {
    expect(await run(canvas(), given)).toEqual(value)
  })

  it('clones arguments, so that a task cannot change them here', async () => {
    const list = ['kept']
    expect(await run(t.mutate.s(list))).toEqual(['kept', 'changed'])
    expect(list).toEqual(['kept'])
  })

  it('keeps dates, maps, sets, typed arrays and big numbers', async () => {
    const value = {
      date: new Date(5),
      map: new Map([[1, new Set(['a'])]]),
      bytes: new Uint8Array([1, 2]),
      big: 10n,
      none: undefined,
    }
    expect(await run(identity.s(value))).toEqual(value)
  })

  it('keeps the order of members, whatever finishes first', async () => {
    const members = Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? add.s(i, 0) : mul.s(i, 1)))
    expect(await run(group(members))).toEqual(members.map((_, i) => i))
  })
}

const plain = (): Readonly<Record<string, any>> => tasksFrom(new URL('./plain-module.js', import.meta.url)) as never

function callbacks(runtime: () => Runtime, run: Run, rejection: Reject): void {
  const { chain, group, chord } = untyped
  /** What the tasks of that name returned while `work` ran to its end, callbacks included. */
  const seen = async (taskName: string, work: () => Promise<unknown>): Promise<unknown[]> => {
    const found: unknown[] = []
    const listener = (event: { taskName: string; value: unknown }): void => {
      if (event.taskName === taskName) found.push(event.value)
    }
    runtime().on('task-succeeded', listener)
    await work().catch(() => {})
    await runtime().idle()
    runtime().off('task-succeeded', listener)
    return found
  }

  const links: readonly (readonly [sentence: string, canvas: () => any, values: unknown[], given?: unknown])[] = [
    ['runs a callback with the value in front', () => add.s(2, 2).link(pack.s('cb')), [[4, 'cb']]],
    [
      'runs several callbacks',
      () => add.s(2, 2).link(pack.s('a')).link(pack.s('b')),
      [
        [4, 'a'],
        [4, 'b'],
      ],
    ],
    ['keeps an equal callback once', () => add.s(2, 2).link(pack.s('a')).link(pack.s('a')), [[4, 'a']]],
    ['runs an immutable callback with its own arguments', () => add.s(2, 2).link(pack.si('only')), [['only']]],
    ['runs the callback of a callback', () => add.s(2, 2).link(add.s(3).link(pack.s('deep'))), [[7, 'deep']]],
    [
      'runs a group as a callback',
      () => add.s(2, 2).link(group(pack.s('g1'), pack.s('g2'))),
      [
        [4, 'g1'],
        [4, 'g2'],
      ],
    ],
    [
      'runs a callback of a group once, with the list',
      () => group(add.s(1, 1), add.s(2, 2)).link(pack.s('cb') as never),
      [[[2, 4], 'cb']],
    ],
    [
      'runs a callback of a chain after its last step',
      () => chain(add.s(1, 1), add.s(2)).link(pack.s('cb') as never),
      [[4, 'cb']],
    ],
    [
      'runs a callback of a chain that ends in a group once',
      () => chain(add.s(1, 1), group(add.s(1), add.s(2))).link(pack.s('cb') as never),
      [[[3, 4], 'cb']],
    ],
    [
      'runs a callback of a chord with the value of its body',
      () => chord([add.s(1, 1)], tsum.s()).link(pack.s('cb') as never),
      [[2, 'cb']],
    ],
    [
      'lets applied callbacks replace stored ones',
      () => add.s(2, 2).link(pack.s('old')),
      [[4, 'new']],
      { link: pack.s('new') },
    ],
    ['runs no callback of what failed', () => fail.s('x').link(pack.s('never')), []],
    [
      'leaves a callback where it was when the chain grows',
      () =>
        chain(add.s(1, 1), add.s(2))
          .link(pack.s('cb') as never)
          .pipe(add.s(3) as never),
      [[4, 'cb']],
    ],
  ]
  it.each(links)('%s', async (_sentence, canvas: any, values, given) => {
    const found = await seen('pack', () => run(canvas(), given))
    expect(found.sort()).toEqual(values)
  })

  it('is not touched by a callback that fails', async () => {
    expect(await run(add.s(2, 2).link(fail.s('cb')))).toBe(4)
  })

  const errback = (label: string) => t.whatFailed.s(label) as never
  const labels = (found: readonly unknown[]): unknown[] => found.map((one) => (one as { label: string }).label).sort()
  const errbacks: readonly (readonly [sentence: string, canvas: () => any, labels: unknown[], given?: unknown])[] = [
    ['runs an errback once', () => fail.s('x').linkError(errback('A')), ['A']],
    ['keeps an equal errback once', () => fail.s('x').linkError(errback('A')).linkError(errback('A')), ['A']],
    ['runs no errback of what succeeded', () => add.s(1, 1).linkError(errback('A')), []],
    [
      'runs the errback of a chain once, whichever step failed',
      () => chain(add.s(1, 1), fail.s(), add.s(1)).linkError(errback('A')),
      ['A'],
    ],
    [
      'runs inner and outer errbacks, each once',
      () => chain(add.s(1, 1), chain(fail.s(), add.s(1)).linkError(errback('in'))).linkError(errback('out')),
      ['in', 'out'],
    ],
    [
      'runs no errback of a later step',
      () => chain(fail.s('f'), add.s(1).linkError(errback('later')), group(add.s(1)).linkError(errback('later too'))),
      [],
    ],
    [
      'runs the errback of a group once',
      () => group(fail.s('a'), fail.s('b'), add.s(1, 1)).linkError(errback('G')),
      ['G'],
    ],
    [
      'runs the errback of chunks once',
      () =>
        failIf
          .chunks(
            [
              [1, 1],
              [2, 2],
            ],
            1,
          )
          .linkError(errback('C')),
      ['C'],
    ],
    [
      'runs the errbacks of a chord and of its body when the header fails',
      () => chord([fail.s('h'), add.s(1, 1)], tsum.s().linkError(errback('body'))).linkError(errback('chord')),
      ['body', 'chord'],
    ],
    [
      'runs no errback of a step inside the body when the header fails',
      () => chord([fail.s('h')], chain(tsum.s().linkError(errback('step')), add.s(1)).linkError(errback('body'))),
      ['body'],
    ],
    [
      'runs the errback of a body that is a chord once',
      () => chord([fail.s('h')], chord([identity.s()], tsum.s()).linkError(errback('B'))),
      ['B'],
    ],
    [
      'runs every enclosing errback of an inner chord',
      () => chain(chord([chord([fail.s('h')], tsum.s()), add.s(1, 1)], tsum.s()), add.s(1)).linkError(errback('out')),
      ['out'],
    ],
    [
      'lets applied errbacks replace stored ones',
      () => fail.s('x').linkError(errback('old')),
      ['new'],
      { linkError: errback('new') },
    ],
    ['runs the errback of a callback', () => add.s(1, 1).link(fail.s('cb').linkError(errback('cb'))), ['cb']],
    [
      'runs the errback of an errback',
      () => fail.s('x').linkError(fail.s('again').linkError(errback('second')) as never),
      ['second'],
    ],
  ]
  it.each(errbacks)('%s', async (_sentence, canvas: any, expected, given) => {
    expect(labels(await seen('whatFailed', () => run(canvas(), given)))).toEqual(expected)
  })

  it('tells an errback what failed, where and with what', async () => {
    const [told] = await seen('whatFailed', () =>
      run(chain(add.s(1, 1), group(add.s(1), fail.s('deep'))).linkError(errback('A'))),
    )
    expect(told).toEqual({
      label: 'A',
      taskName: 'fail',
      name: 'RangeError',
      message: 'fail:deep',
      cause: undefined,
      path: 'steps[1].members[1]',
      attempt: 1,
      args: [2, 'deep'],
      isError: true,
    })
  })

  it('tells the errback of a chord of the body, with the cause', async () => {
    const [told] = await seen('whatFailed', () =>
      run(chord([add.s(1, 1), fail.s('h')], tsum.s()).linkError(errback('C'))),
    )
    expect(told).toMatchObject({ taskName: 'tsum', name: 'ChordError', cause: 'fail:h', path: 'body', attempt: 0 })
  })

  it('runs a canvas as an errback', async () => {
    const found = await seen('pack', () =>
      rejection(
        fail
          .s('x')
          .set({ taskId: `errback-${Math.random()}` })
          .linkError(chain(t.whatFailed.s('c'), pack.s('end')) as never),
      ),
    )
    expect(found).toEqual([[expect.objectContaining({ label: 'c' }), 'end']])
  })
}

function failures(rejection: Reject, run: Run, apply: Apply): void {
  const { chain, group, chord } = untyped
  const cases: readonly (readonly [sentence: string, canvas: () => unknown, message: string])[] = [
    ['rejects with the error of a failed step', () => chain(add.s(1, 1), fail.s('mid'), add.s(1)), 'fail:mid'],
    ['rejects with the first failure in member order', () => group(add.s(1, 1), fail.s('a'), fail.s('b')), 'fail:a'],
    [
      'rejects with the first failure in member order, nested',
      () => group(group(add.s(1, 1), fail.s('n')), fail.s('b')),
      'fail:n',
    ],
    ['rejects with the original error of a header', () => chord([add.s(1, 1), fail.s('h')], tsum.s()), 'fail:h'],
    [
      'rejects with the original error through nested chords',
      () => chord([chord([fail.s('in')], tsum.s())], chord([tsum.s()], tsum.s())),
      'fail:in',
    ],
    [
      'fails a group behind a failed step',
      () => chain(fail.s('f'), group(add.s(1), chain(add.s(1), group(add.s(2))))),
      'fail:f',
    ],
    [
      'fails a chord behind a failed step',
      () => chain(fail.s('f'), chord([add.s(1)], tsum.s()), chord([], tsum.s())),
      'fail:f',
    ],
    ['fails with the error of a body', () => chord([add.s(1, 1)], chain(tsum.s(), fail.s('b'))), 'fail:b'],
    [
      'fails a slice of chunks',
      () =>
        failIf.chunks(
          [
            [1, 2],
            [3, 3],
            [4, 5],
          ],
          2,
        ),
      'fail:3',
    ],
    ['fails a map', () => fail.map([1]), 'fail:1'],
  ]
  it.each(cases)('%s', async (_sentence, canvas: any, message) => {
    const error = await rejection(canvas())
    expect(error).toBeInstanceOf(RangeError)
    expect(error.message).toBe(message)
  })

  it('tells the index of the item that failed', async () => {
    const error = await rejection(
      chain(
        add.s(1, 1),
        failIf.chunks(
          [
            [1, 2],
            [3, 3],
          ],
          2,
        ),
      ),
    )
    expect(failureOf(error)).toMatchObject({ path: 'steps[1].members[0].items[1]', taskName: 'failIf', attempt: 1 })
  })

  it('runs all members of a header, whatever fails', async () => {
    const result = apply(group(fail.s('a'), add.s(1, 1))) as GroupResult<any[]>
    expect(await result.get({ propagate: false })).toEqual([expect.objectContaining({ message: 'fail:a' }), 2])
    expect(result.completedCount()).toBe(1)
  })

  it('makes every id of a failed chain final, with the same error', async () => {
    const result = apply(chain(add.s(1, 1), fail.s('f'), add.s(1), add.s(2)))
    await result.get({ propagate: false })
    const states: string[] = []
    for (let at: AsyncResult<unknown> | undefined = result; at !== undefined; at = at.parent) states.push(at.state)
    expect(states).toEqual(['FAILURE', 'FAILURE', 'FAILURE', 'SUCCESS'])
    expect(result.parent?.error).toBe(result.error)
  })

  it('shows the ChordError as the error of a body, and the original from get()', async () => {
    const result = apply(chord([fail.s('h'), add.s(1, 1)], tsum.s()))
    const original = await result.get({ propagate: false })
    expect(original).toBeInstanceOf(RangeError)
    expect(result.error).toBeInstanceOf(ChordError)
    expect(result.error?.cause).toBe(original)
    expect(result.error?.message).toContain('fail:h')
    expect(result.state).toBe('FAILURE')
    expect(result.parent?.error).toBe(original)
  })

  it('goes on after failures', async () => {
    await rejection(fail.s('x'))
    expect(await run(add.s(1, 1))).toBe(2)
  })
}

function errorsAcross(run: Run, rejection: Reject): void {
  it('brings a registered class back whole', async () => {
    const error = await rejection(t.pay.s())
    expect(error).toBeInstanceOf(PaymentError)
    expect(error).toMatchObject({ name: 'PaymentError', message: 'declined', status: 402, code: 'E_PAYMENT' })
    expect(error.stack).toContain('tasks.js')
    expect(failureOf(error)).toMatchObject({ taskName: 'pay', path: '', attempt: 1, args: [] })
    expect(failureOf(error)?.traceback).toContain('suite.ts')
  })

  it('describes an error of an unknown class', async () => {
    const error = await rejection(t.unknownError.s())
    expect(error).toBeInstanceOf(RemoteError)
    expect(error).toMatchObject({ name: 'UnknownError', message: 'who am I', taskName: 'unknownError' })
    expect(error.fields.detail).toEqual({ tries: 2 })
    expect(error.cause).toBeInstanceOf(TypeError)
  })

  it('brings the errors of an AggregateError', async () => {
    const error = await rejection(t.aggregate.s())
    expect(error).toBeInstanceOf(AggregateError)
    expect(error.errors.map((inner: Error) => inner.constructor)).toEqual([TypeError, RangeError])
  })

  it.each([
    ['null', null],
    ['undefined', undefined],
    ['a text', 'text'],
    ['an object', { a: 1 }],
    ['zero', 0],
  ])('takes a thrown %s for a failure', async (_what, value) => {
    const error = await rejection(t.throwValue.s(value))
    expect(error).toBeInstanceOf(NonErrorThrown)
    expect(error.value).toEqual(value)
  })

  it.each(['throwNull', 'rejectNull', 'throwSymbol'])('survives %s', async (taskName) => {
    expect(await rejection(t[taskName].s())).toBeInstanceOf(NonErrorThrown)
    expect(await run(add.s(1, 1))).toBe(2)
  })

  it.each(['throwProxy', 'throwBadMessage'])('survives %s', async (taskName) => {
    expect(await rejection(t[taskName].s())).toBeInstanceOf(Error)
    expect(await run(add.s(1, 1))).toBe(2)
  })

  it.each(['returnFunction', 'returnPromiseInside', 'returnGetter', 'returnProxy', 'returnSymbol', 'returnWeakMap'])(
    'refuses what %s gives, and goes on',
    async (taskName) => {
      expect(await rejection(t[taskName].s())).toBeInstanceOf(SerializationError)
      expect(await run(add.s(1, 1))).toBe(2)
    },
  )

  it('takes a result 512 deep and refuses a deeper one', async () => {
    expect(await run(chain(t.returnDeep.s(512) as never, t.depthOf.s() as never))).toBe(512)
    expect(await rejection(t.returnDeep.s(513))).toBeInstanceOf(SerializationError)
    expect(await rejection(t.returnDeep.s(5_000))).toBeInstanceOf(SerializationError)
  })

  it('fails a call whose arguments became too deep on the way, and nothing else', async () => {
    expect(await rejection(chord([t.returnDeep.s(512)] as never, t.depthOf.s() as never))).toBeInstanceOf(
      SerializationError,
    )
  })

  it('takes an error that is returned for a value', async () => {
    const value = await run(t.returnError.s())
    expect(value).toBeInstanceOf(PaymentError)
    expect(await run(chain(t.returnError.s() as never, t.isPaymentError.s() as never))).toBe(true)
  })
}

function results(apply: Apply): void {
  const { chain, group, chord } = untyped
  it('has a handle that tells how it went', async () => {
    const result = apply(add.s(1, 1))
    expect(await result.get()).toBe(2)
    expect([result.state, result.ready(), result.successful(), result.failed(), result.result]).toEqual([
      'SUCCESS',
      true,
      true,
      false,
      2,
    ])
  })

  it('walks back to the parents and forward to the children', async () => {
    const result = apply(chain(add.s(1, 1), mul.s(3), add.s(4)))
    await result.get()
    const first = result.parent?.parent
    expect(await first?.get()).toBe(2)
    expect(first?.parent).toBeUndefined()
    expect(first?.children[0]?.id).toBe(result.parent?.id)
  })

  it('lists callbacks before the next step', async () => {
    const result = apply(chain(add.s(1, 1).link(pack.s('cb')) as never, mul.s(3)))
    await result.get()
    const children = result.parent?.children ?? []
    expect(await Promise.all(children.map((child) => child.get()))).toEqual([[2, 'cb'], 6])
  })

  it('has the header as parent of a body', async () => {
    const result = apply(chord([add.s(1, 1), add.s(2, 2)], tsum.s()))
    await result.get()
    expect(result.parent?.isGroup()).toBe(true)
    expect(await result.parent?.get()).toEqual([2, 4])
  })

  it('has a handle per member of a group', async () => {
    const result = apply(group(add.s(1, 1), group(add.s(2, 2)), chain(add.s(3, 3), mul.s(2)))) as GroupResult<any[]>
    expect(await result.join()).toEqual([2, [4], 12])
    expect(await Promise.all(result.results.map((one) => one.get()))).toEqual([2, [4], 12])
    expect(result.results.map((one) => one.isGroup())).toEqual([false, true, false])
  })

  it('iterates members in order, with failures as items', async () => {
    const result = apply(group(add.s(1, 1), fail.s('x'), add.s(2, 2))) as GroupResult<any[]>
    const items = []
    for await (const one of result.iterate({ ordered: true })) items.push(one.ok ? one.value : one.error.message)
    expect(items).toEqual([2, 'fail:x', 4])
  })

  it('times out a wait, not the work', async () => {
    const result = apply(chain(add.s(1, 1), mul.s(3)))
    await expect(result.get({ timeout: 0 })).rejects.toBeInstanceOf(ResultTimeoutError)
    expect(await result.get()).toBe(6)
  })

  it('stops a wait by a signal, not the work', async () => {
    const result = apply(add.s(1, 1))
    await expect(result.get({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
    expect(await result.get()).toBe(2)
  })
}

function identity_(run: Run, apply: Apply): void {
  const { chain, group, chord } = untyped
  it('tells a task who it is', async () => {
    const result = apply(t.context.s(), { headers: { tenant: 'a' } })
    const context = await result.get()
    expect(context).toEqual({
      id: result.id,
      taskName: 'context',
      rootId: result.id,
      parentId: undefined,
      groupId: undefined,
      groupIndex: undefined,
      headers: { tenant: 'a' },
    })
  })

  it('gives an arrow its context by currentTask()', async () => {
    expect(await run(t.contextOfArrow.s())).toBe('contextOfArrow')
  })

  it('names root, parent and group', async () => {
    const result = apply(chain(add.s(1, 1), group(t.context.si(), chain(t.context.si(), identity.s())))) as GroupResult<
      any[]
    >
    const [first, second] = await result.get()
    const start = result.parent
    expect(first).toMatchObject({
      rootId: start?.id,
      parentId: start?.id,
      groupId: result.id,
      groupIndex: 0,
      id: result.results[0]?.id,
    })
    expect(second).toMatchObject({ rootId: start?.id, groupId: result.id, groupIndex: 1 })
  })

  it('names the call of a callback by its parent', async () => {
    const result = apply(add.s(1, 1).link(t.context.si()))
    await result.get()
    expect(await result.children[0]?.get()).toMatchObject({ rootId: result.id, parentId: result.id })
  })

  it('merges headers, the inner ones winning', async () => {
    const canvas = chain(t.context.si().set({ headers: { a: 'inner' } })).set({ headers: { a: 'outer', b: 'outer' } })
    expect(await run(canvas)).toMatchObject({ headers: { a: 'inner', b: 'outer' } })
  })

  it('uses the id that it is given', async () => {
    const id = `mine-${Math.random()}`
    const result = apply(chord([add.s(1, 1)], t.context.si()), { taskId: id })
    expect(result.id).toBe(id)
    expect(await result.get()).toMatchObject({ id })
  })
}

function badInput(runtime: () => Runtime, run: Run, rejection: Reject): void {
  const { chain } = untyped
  it.each<[string, () => unknown, string, string]>([
    ['a number', () => 5, 'ERR_INVALID_CANVAS', 'a canvas is needed'],
    ['a task', () => add, 'ERR_INVALID_CANVAS', '.s('],
    ['a chain of something else', () => chain(add.s(1, 1), 'x'), 'ERR_INVALID_CANVAS', 'steps[1]'],
    [
      'a function as an argument',
      () =>
        chain(
          add.s(1, 1),
          pack.s(() => 1),
        ),
      'ERR_SERIALIZATION',
      'steps[1].args[0]',
    ],
    ['a symbol in an argument', () => pack.s({ deep: [Symbol('s')] }), 'ERR_SERIALIZATION', 'args[0].deep[0]'],
    ['a function in an item', () => identity.map([1, () => 1]), 'ERR_SERIALIZATION', 'items[1]'],
    [
      'a function in a callback',
      () => add.s(1, 1).link(pack.s(() => 1)),
      'ERR_SERIALIZATION',
      'options.link[0].args[0]',
    ],
  ])('refuses %s at once', async (_what, canvas, code, part) => {
    let error: any
    try {
      runtime().apply(canvas() as never)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({ code })
    expect(error.message).toContain(part)
    expect(await run(add.s(1, 1))).toBe(2)
  })

  it.each<[string, unknown, string]>([
    ['an unknown option', { timout: 5 }, 'timout'],
    ['a task id that is no text', { taskId: 5 }, 'taskId'],
    ['headers that are no object', { headers: 'x' }, 'headers'],
    ['options that are no object', 5, 'options'],
  ])('refuses %s', async (_what, options, part) => {
    const error = await rejection(add.s(1, 1), options)
    expect(error).toMatchObject({ code: 'ERR_CONFIGURATION' })
    expect(error.message).toContain(part)
  })

  it('refuses an id that is in use', async () => {
    const id = `twice-${Math.random()}`
    const first = runtime().apply(add.s(1, 1) as never, { taskId: id } as never) as AsyncResult<number>
    expect(await rejection(add.s(1, 1), { taskId: id })).toMatchObject({ code: 'ERR_CONFIGURATION', option: 'taskId' })
    expect(await first.get()).toBe(2)
  })

  it('fails a call whose module is not there', async () => {
    const missing = tasksFrom(new URL('./not-there.js', import.meta.url)) as Readonly<Record<string, any>>
    const error = await rejection(missing.x.s())
    expect(error).toBeInstanceOf(WorkerLostError)
    expect(error).toMatchObject({ reason: 'start' })
    expect(error.message).toContain('not-there.js')
  })

  it('fails a call whose module throws at import, each time', async () => {
    const broken = tasksFrom(new URL('./throws-at-import.js', import.meta.url)) as Readonly<Record<string, any>>
    for (let i = 0; i < 3; i++) expect((await rejection(broken.x.s())).message).toContain('broken on purpose')
    expect(await run(add.s(1, 1))).toBe(2)
  })

  it('fails a call of an export that is not there', async () => {
    expect(await rejection(plain().nope.s())).toBeInstanceOf(NotRegisteredError)
    expect(await rejection((plain().constructor as any).s())).toBeInstanceOf(NotRegisteredError)
  })
}

function life(options: RuntimeOptions, make: MakeRuntime): void {
  const { group } = untyped
  it('finishes pending work when it closes, and takes no more', async () => {
    const runtime = make({ threads: 2, ...options })
    const result = runtime.apply(group(Array.from({ length: 20 }, (_, i) => add.s(i, i))) as never) as AsyncResult<
      number[]
    >
    const report = await runtime.close()
    expect(report).toEqual({ finished: 20, revoked: 0, timedOut: false })
    expect(await result.get()).toHaveLength(20)
    expect(() => runtime.apply(add.s(1, 1) as never)).toThrow(ClosedError)
    expect(await runtime.close()).toBe(report)
  })

  it('revokes pending work when it is destroyed', async () => {
    const runtime = make({ threads: 2, ...options })
    const result = runtime.apply(
      untyped.chain(group(Array.from({ length: 20 }, (_, i) => add.s(i, i))), tsum.s()) as never,
    ) as AsyncResult<number>
    const closed = expect(result.get()).rejects.toBeInstanceOf(ClosedError)
    const report = await runtime.destroy()
    await closed
    expect(report.finished + report.revoked).toBe(21)
    expect(result.state).toBe('REVOKED')
    await expect(runtime.run(add.s(1, 1) as never)).rejects.toBeInstanceOf(ClosedError)
  })

  it('finishes only what is running when it closes without draining', async () => {
    const runtime = make({ threads: 1, ...options })
    const gate = new Int32Array(new SharedArrayBuffer(4))
    const begun = new Promise((resolve) => runtime.once('task-progress', resolve))
    const result = runtime.apply(group(t.untilOpen.s(gate), add.s(2, 2), add.s(3, 3)) as never) as AsyncResult<number[]>
    await begun
    const closing = runtime.close({ drain: false })
    Atomics.store(gate, 0, 1)
    expect(await closing).toEqual({ finished: 1, revoked: 2, timedOut: false })
    expect(await result.get({ propagate: false })).toEqual(['open', expect.any(ClosedError), expect.any(ClosedError)])
  })

  it('is told of everything by events, in order', async () => {
    const runtime = make({ threads: 1, ...options })
    const told: string[] = []
    for (const type of [
      'task-sent',
      'task-received',
      'task-started',
      'task-succeeded',
      'task-failed',
      'workflow-finished',
    ] as const)
      runtime.on(type, (event) => told.push(`${event.type} ${'taskName' in event ? event.taskName : event.state}`))
    await runtime.run(untyped.chain(add.s(1, 1), fail.s('x')) as never).catch(() => {})
    await runtime.close()
    expect(told).toEqual([
      'task-sent add',
      'task-received add',
      'task-started add',
      'task-succeeded add',
      'task-sent fail',
      'task-received fail',
      'task-started fail',
      'task-failed fail',
      'workflow-finished FAILURE',
    ])
  })

  it('is not harmed by a listener that throws, and tells of it', async () => {
    const runtime = make({ threads: 1, ...options })
    const warnings: string[] = []
    runtime.on('warning', ({ message, error }) => warnings.push(`${message}: ${error.message}`))
    runtime.once('task-succeeded', () => {
      throw new Error('listener')
    })
    expect(await runtime.run(untyped.chain(add.s(1, 1), mul.s(2)) as never)).toBe(4)
    await runtime.close()
    expect(warnings).toEqual(['a listener of "task-succeeded" threw: listener'])
  })

  it('finds a pending result by its id, and one whose handle is held', async () => {
    const runtime = make({ threads: 1, ...options })
    const result = runtime.apply(add.s(1, 1) as never) as AsyncResult<number>
    expect(runtime.result(result.id)?.id).toBe(result.id)
    expect(await result.get()).toBe(2)
    expect(await runtime.result(result.id)?.get()).toBe(2)
    expect(runtime.result('unknown')).toBeUndefined()
    await runtime.close()
  })

  it('shows what is pending', async () => {
    const runtime = make({ threads: 1, ...options })
    const result = runtime.apply(group(add.s(1, 1), add.s(2, 2)) as never) as GroupResult<number[]>
    const { running, ready } = runtime.inspect()
    const id = result.results[0]?.id
    expect(running).toEqual([
      {
        id,
        taskName: 'add',
        rootId: id,
        state: 'RECEIVED',
        args: [1, 1],
        priority: 0,
        retries: 0,
        at: expect.any(Date),
        worker: 0,
      },
    ])
    expect(ready.map((call) => call.args)).toEqual([[2, 2]])
    await runtime.idle()
    expect(runtime.inspect()).toMatchObject({ running: [], ready: [] })
    await runtime.close()
  })

  it('shows STARTED for a task that asks for it', async () => {
    const runtime = make({ threads: 1, ...options })
    const result = runtime.apply(t.tracked.s(1) as never) as AsyncResult<number>
    expect(result.state).toBe('STARTED')
    await runtime.close()
  })
}
