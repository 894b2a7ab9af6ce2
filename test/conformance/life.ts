/** The life of a call, on every executor: retries, delays, expiry, limits, revoke, states, children, replacement. */
import {
  createRuntime,
  failureOf,
  type Runtime,
  type RuntimeOptions,
  chain as typedChain,
  chord as typedChord,
  group as typedGroup,
} from 'celeriac'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { life as t } from './life-tasks.js'
import type { MakeRuntime } from './suite.js'

const chain = typedChain as (...steps: any[]) => any
const chord = typedChord as (header: any, body: any) => any
const group = typedGroup as (...members: any[]) => any

/** What differs where time does not pass by itself. */
export interface Making {
  readonly make: MakeRuntime
  /** The time by the clock of the runtime. */
  readonly now: (runtime: Runtime) => number
}

/** As users make a runtime, by the clock on the wall. */
export const REAL: Making = { make: createRuntime, now: () => Date.now() }

export function lifeConformance(name: string, options: RuntimeOptions, { make, now }: Making = REAL): void {
  describe(`the life of a call: ${name}`, () => {
    let runtime: Runtime
    beforeAll(() => {
      runtime = make({ threads: 2, graceMs: 50, ...options })
    })
    afterAll(() => runtime.close())
    const run = (canvas: any, given?: any): Promise<any> => runtime.run(canvas, given)
    const apply = (canvas: any, given?: any): any => runtime.apply(canvas, given)
    const rejection = (canvas: any, given?: any): Promise<any> =>
      run(canvas, given).then(
        () => new Error('it did not reject'),
        (error) => error,
      )
    /** The events of these types while `work` runs to its end. */
    const events = async (types: readonly string[], work: () => unknown): Promise<any[]> => {
      const told: any[] = []
      const listener = (event: any) => told.push(event)
      for (const type of types) runtime.on(type as never, listener)
      await Promise.resolve(work()).catch(() => {})
      await runtime.idle()
      for (const type of types) runtime.off(type as never, listener)
      return told
    }
    const started = (canvas: any, given?: any): Promise<any> =>
      new Promise((resolve) => {
        runtime.once('task-started', () => queueMicrotask(() => resolve(result)))
        const result = apply(canvas, given)
      })

    retries(run, rejection, events)
    times(() => now(runtime), run, rejection, apply)
    signals(run, rejection, apply, events)
    replacement(run, rejection, events)
    children(run, apply)
    revokes(() => runtime, apply, started, events)
    limits(rejection, run, events)
    afterwards(apply, options, make)
    handlers(events, run, rejection)
    refusals(() => runtime)
  })
}

type Run = (canvas: any, given?: any) => Promise<any>
type Apply = (canvas: any, given?: any) => any
type Events = (types: readonly string[], work: () => unknown) => Promise<any[]>

function retries(run: Run, rejection: Run, events: Events): void {
  it.each<[string, () => any, unknown]>([
    ['runs again when it asks for it', () => t.untilRetries.s('x', 2), ['x', 2]],
    ['runs again with other arguments', () => t.newArgs.s(1), 21],
    ['runs again for an error that is listed', () => t.auto.s(2), 2],
    ['waits for a retry in a chain', () => chain(t.untilRetries.s('x', 1), t.pack.s()), [['x', 1]]],
    [
      'waits for a retry in a header',
      () => chord([t.untilRetries.s('x', 1), t.add.s(1, 1)], t.pack.s()),
      [[['x', 1], 2]],
    ],
    ['retries a map as one call', () => t.autoItem.map([1, 2]), [2, 4]],
    [
      'retries by the policy of the call',
      () =>
        t.fail
          .s('x')
          .set({ retryFor: ['RangeError'], maxRetries: 1, retryDelay: 0 })
          .link(t.identity.s()),
      'fail:x',
    ],
  ])('%s', async (_sentence, canvas, value) => {
    expect(await run(canvas()).catch((error) => error.message)).toEqual(value)
  })

  it('gives up after maxRetries, with an error of its own or the given one', async () => {
    expect(await rejection(t.untilRetries.s('x', 9))).toMatchObject({
      code: 'ERR_MAX_RETRIES',
      maxRetries: 3,
      attempt: 4,
    })
    expect(await rejection(t.gaveUp.s())).toMatchObject({ name: 'RangeError', message: 'gave up' })
    const error = await rejection(t.auto.s(9))
    expect(error.message).toBe('auto:2')
    expect(failureOf(error)?.attempt).toBe(3)
    expect((await rejection(t.auto.s(9, 'type'))).message).toBe('no')
  })

  it('runs links and errbacks once, at the end', async () => {
    const ok = await events(['task-succeeded', 'task-retried'], () =>
      run(t.untilRetries.s('x', 2).link(t.pack.s('cb'))),
    )
    expect(ok.map(({ type, taskName, attempt }) => `${type} ${taskName} ${attempt}`)).toEqual([
      'task-retried untilRetries 1',
      'task-retried untilRetries 2',
      'task-succeeded untilRetries 3',
      'task-succeeded pack 1',
    ])
    const bad = await events(['task-succeeded'], () => run(t.auto.s(9).linkError(t.failure.s('E'))))
    expect(bad.map(({ value }) => value.label)).toEqual(['E'])
  })
}

function times(now: () => number, run: Run, rejection: Run, apply: Apply): void {
  it('starts no sooner than its countdown or eta', async () => {
    const began = now()
    await run(group(t.add.s(1, 1).set({ countdown: 30 }), t.add.s(2, 2).set({ eta: new Date(began + 40) })))
    expect(now() - began).toBeGreaterThanOrEqual(39)
  })

  it('delays the first step of a chain, and every member of a group', async () => {
    const began = now()
    expect(await run(chain(t.add.s(1, 1), t.add.s(1)).set({ countdown: 20 }))).toBe(3)
    expect(await run(t.add.each([[1, 1]]).set({ countdown: 20 }))).toEqual([2])
    expect(now() - began).toBeGreaterThanOrEqual(39)
  })

  it('shows RECEIVED while it waits', async () => {
    const result = apply(t.add.s(1, 1).set({ countdown: 20 }))
    expect(result.state).toBe('RECEIVED')
    expect(await result.get()).toBe(2)
  })

  it('never starts what has expired', async () => {
    expect(await rejection(t.add.s(1, 1).set({ expires: new Date(0) }))).toMatchObject({
      code: 'ERR_EXPIRED',
      attempt: 0,
    })
    expect(await rejection(t.add.s(1, 1).set({ expires: 10, countdown: 5_000 }))).toMatchObject({ code: 'ERR_EXPIRED' })
    expect(await run(t.add.s(1, 1).set({ expires: 5_000 }))).toBe(2)
    expect(await run(t.limits.s().set({ expires: new Date(4e12) }))).toEqual([0, undefined, new Date(4e12)])
  })

  it('gives a chord whose member expired a ChordError, and get() the expiry', async () => {
    const result = apply(chord([t.add.s(1, 1).set({ expires: new Date(0) }), t.add.s(1, 1)], t.tsum.s()))
    expect(await result.get({ propagate: false })).toMatchObject({ code: 'ERR_EXPIRED' })
    expect(result.error.code).toBe('ERR_CHORD')
  })
}

function signals(run: Run, rejection: Run, apply: Apply, events: Events): void {
  it('ignores and rejects, with all that depends on it', async () => {
    const result = apply(chain(t.add.s(1, 1), t.ignored.s(), t.add.s(1)).linkError(t.failure.s('never')))
    expect(await result.get({ propagate: false })).toMatchObject({ code: 'ERR_IGNORED', rejected: false })
    expect([result.state, result.parent.state, result.parent.parent.state]).toEqual(['IGNORED', 'IGNORED', 'SUCCESS'])
    const rejected = apply(chord([t.rejected.s(), t.add.s(1, 1)], t.tsum.s()))
    expect(await rejected.get({ propagate: false })).toMatchObject({ code: 'ERR_IGNORED', rejected: true })
    expect(rejected.state).toBe('REJECTED')
  })

  it('lets a real failure win over an ignored member', async () => {
    expect(await rejection(chord([t.ignored.s(), t.fail.s('real')], t.tsum.s()))).toMatchObject({
      message: 'fail:real',
    })
  })

  it('goes back to the queue when it asks for it, with its retries as they were', async () => {
    expect(await run(t.requeued.s())).toBe(0)
  })

  it('shows states and progress of its own, in order, before its end', async () => {
    const told = await events(['task-state', 'task-progress', 'task-succeeded'], () => run(t.shows.s('HALF')))
    expect(told.map(({ type, state, value }) => [type, state ?? value])).toEqual([
      ['task-state', 'HALF'],
      ['task-progress', 0.5],
      ['task-succeeded', 'shown'],
    ])
    const result = apply(t.shows.s('HALF'))
    await result.get()
    expect([result.state, result.progress, result.info]).toEqual(['SUCCESS', 0.5, undefined])
  })

  it('drops a result that is ignored, once others have it', async () => {
    const result = apply(
      chain(t.add.s(1, 1).set({ ignoreResult: true }), t.add.s(1), t.identity.s().set({ ignoreResult: true })),
    )
    expect(await result.get()).toBeUndefined()
    expect([await result.parent.get(), await result.parent.parent.get(), result.state]).toEqual([
      3,
      undefined,
      'SUCCESS',
    ])
  })
}

function replacement(run: Run, rejection: Run, events: Events): void {
  it.each<[string, () => any, unknown]>([
    ['takes the value of what it replaced itself by', () => t.replaceBySum.s(1), 12],
    ['goes on with that value', () => chain(t.replaceBySum.s(1), t.add.s(1)), 13],
    ['takes a group for a list', () => group(t.replaceByGroup.s(1), t.add.s(1, 1)), [[2, 3], 2]],
    [
      'replaces a header member in its slot',
      () => chord([t.add.s(1, 1), t.replaceBySum.s(1), t.add.s(2, 2)], t.identity.s()),
      [2, 12, 4],
    ],
    ['replaces itself again and again', () => t.fact.s(6), 720],
    [
      'adds members behind the others',
      () => chord([t.addsMember.s(1), t.addsMember.s(2), t.add.s(3, 3)], t.identity.s()),
      [1, 2, 6, 101, 102],
    ],
    [
      'adds members from the last step of a member chain',
      () => chord([chain(t.add.s(1, 1), t.addsMember.s())], t.identity.s()),
      [2, 102],
    ],
  ])('%s', async (_sentence, canvas, value) => {
    const result = await run(canvas())
    if (Array.isArray(value) && value.length === 5)
      expect([...result].sort((a, b) => a - b)).toEqual([...value].sort((a: any, b: any) => a - b))
    else expect(result).toEqual(value)
  })

  it('fails as what it replaced itself by, its errback once, under its own id', async () => {
    const told = await events(['task-succeeded'], () =>
      run(t.replaceByFail.s().set({ taskId: 'replaced-1' }).linkError(t.failure.s('E'))),
    )
    expect(told.map(({ value }) => value)).toEqual([
      { label: 'E', name: 'RangeError', message: 'fail:inside', taskName: 'fail', taskId: 'replaced-1' },
    ])
    expect(await rejection(t.replaceByChordFail.s())).toMatchObject({ message: 'fail:header' })
  })

  it('runs the links of the replacement and its own, each once', async () => {
    const told = await events(['task-succeeded'], () => run(t.replaceBySum.s(1).link(t.pack.s('out'))))
    expect(told.filter(({ taskName }) => taskName === 'pack').map(({ value }) => value)).toEqual([[12, 'out']])
  })

  it('refuses an empty chain as replacement, and a member where there is no group', async () => {
    expect(await rejection(t.replaceByNothing.s())).toMatchObject({ code: 'ERR_INVALID_CANVAS' })
    expect(await rejection(t.addsMember.s(1))).toMatchObject({ code: 'ERR_INVALID_CANVAS' })
  })
}

function children(run: Run, apply: Apply): void {
  it('applies children and waits for them', async () => {
    expect(await run(t.parent.s(1))).toEqual([2, 3, 'fail:child'])
    expect(await run(t.childDate.s())).toEqual(new Date(5))
  })

  it('is not touched by a child that fails unasked', async () => {
    expect(await run(t.childless.s())).toBe('done')
  })

  it('shows children in its handle', async () => {
    const result = apply(t.childless.s())
    await result.get()
    expect(await result.children[0].get({ propagate: false })).toMatchObject({ message: 'fail:nobody asks' })
  })

  it('nests a hundred levels without a deadlock', async () => {
    expect(await run(t.nested.s(100))).toBe(100)
  })
}

function revokes(
  runtime: () => Runtime,
  apply: Apply,
  started: (canvas: any, given?: any) => Promise<any>,
  events: Events,
): void {
  it('revokes what has not started, and it never starts', async () => {
    const told = await events(['task-started', 'task-revoked'], async () => {
      const result = apply(chain(t.add.s(1, 1).set({ countdown: 5_000 }), t.add.s(1)))
      expect(runtime().revoke(result)).toBe(2)
      expect(result.state).toBe('REVOKED')
      await expect(result.get()).rejects.toMatchObject({ code: 'ERR_REVOKED' })
    })
    expect(told.map(({ type }) => type)).toEqual(['task-revoked'])
  })

  it('revokes a running call at once, and tells it', async () => {
    const result = await started(t.waits.s())
    result.revoke({ reason: 'enough' })
    expect(result.state).toBe('REVOKED')
    await expect(result.get()).rejects.toMatchObject({ code: 'ERR_REVOKED', cause: 'enough' })
    expect(runtime().revoke(result)).toBe(0)
  })

  it('revokes by id, and counts', async () => {
    const result = apply(group(Array.from({ length: 5 }, () => t.add.s(1, 1).set({ countdown: 5_000 }))))
    expect(runtime().revoke([result.results[0].id, result.results[1].id, 'unknown'])).toBe(2)
    expect(runtime().revoke(result.id)).toBe(3)
    await expect(result.get()).rejects.toMatchObject({ code: 'ERR_REVOKED' })
  })

  it('revokes a workflow by a signal, also one that has aborted already', async () => {
    const controller = new AbortController()
    const result = apply(chain(t.add.s(1, 1).set({ countdown: 5_000 }), t.add.s(1)), { signal: controller.signal })
    controller.abort(new Error('user left'))
    await expect(result.get()).rejects.toMatchObject({ code: 'ERR_REVOKED', cause: { message: 'user left' } })
    const never = apply(group(t.add.s(1, 1), t.add.s(2, 2)), { signal: AbortSignal.abort('before') })
    await expect(never.get()).rejects.toMatchObject({ code: 'ERR_REVOKED', attempt: 0 })
  })

  it('revokes the other members of a group that fails fast', async () => {
    const result = apply(
      group(t.fail.s('fast'), t.add.s(1, 1).set({ countdown: 5_000 }), t.waits.s()).set({ failFast: true }),
    )
    await expect(result.get()).rejects.toMatchObject({ message: 'fail:fast' })
    expect(result.results.map((one: any) => one.state)).toEqual(['FAILURE', 'REVOKED', 'REVOKED'])
  })

  it('goes on after all that', async () => {
    expect(await runtime().run(t.add.s(1, 1))).toBe(2)
  })
}

function limits(rejection: Run, run: Run, events: Events): void {
  it('aborts the signal at the soft limit, of a loop and of an asynchronous task', async () => {
    expect(await rejection(t.softly.s())).toMatchObject({ code: 'ERR_SOFT_TIME_LIMIT', limit: 50 })
    expect(await rejection(t.softlyAsync.s())).toMatchObject({ code: 'ERR_SOFT_TIME_LIMIT', limit: 50 })
  })

  it('ends a call at the hard limit, and nothing else', async () => {
    const neighbours = Promise.all([run(t.add.s(1, 1)), run(t.add.s(2, 2))])
    expect(await rejection(t.limited.s())).toMatchObject({ code: 'ERR_TIME_LIMIT', limit: 100 })
    expect(await neighbours).toEqual([2, 4])
    expect(await run(t.add.s(3, 3))).toBe(6)
  })

  it('runs the errback of a call at its hard limit once', async () => {
    const told = await events(['task-succeeded'], () => run(t.limited.s().linkError(t.failure.s('E'))))
    expect(told.map(({ value }) => [value.label, value.name])).toEqual([['E', 'TimeLimitError']])
  })
}

function handlers(events: Events, run: Run, rejection: Run): void {
  const said = async (mode: string): Promise<unknown[]> =>
    (await events(['task-progress'], () => run(t.handled.s(mode)))).map(({ value }) => value)

  it('runs handlers in order', async () => {
    expect(await said('ok')).toEqual([
      ['beforeStart', 'ok'],
      ['onSuccess', 'ok', 'ok'],
      ['afterReturn', 'SUCCESS'],
    ])
    expect(await said('fail')).toEqual([
      ['beforeStart', 'fail'],
      ['onFailure', 'handled', 'fail'],
      ['afterReturn', 'FAILURE'],
    ])
    expect(await said('ignore')).toEqual([['beforeStart', 'ignore']])
    expect(await said('retry')).toEqual([
      ['beforeStart', 'retry'],
      ['onRetry', 'again', 'retry'],
      ['beforeStart', 'retry'],
      ['onSuccess', 'retry', 'retry'],
      ['afterReturn', 'SUCCESS'],
    ])
  })

  it('takes what a handler throws for a warning', async () => {
    const [warning] = await events(['warning'], async () => expect(await run(t.badHandler.s())).toBe(1))
    expect(warning).toMatchObject({ error: { message: 'in handler' } })
    expect(warning.message).toContain('onSuccess')
    expect(await rejection(t.fail.s('x'))).toMatchObject({ message: 'fail:x' })
  })
}

function refusals(runtime: () => Runtime): void {
  it.each<[string, object]>([
    ['countdown', { countdown: -1 }],
    ['countdown', { countdown: Number.NaN }],
    ['countdown', { countdown: 5, eta: new Date() }],
    ['eta', { eta: new Date(Number.NaN) }],
    ['expires', { expires: 'soon' }],
    ['priority', { priority: 11 }],
    ['priority', { priority: 1.5 }],
    ['timeLimit', { timeLimit: 0 }],
    ['softTimeLimit', { timeLimit: 10, softTimeLimit: 20 }],
    ['retryFor', { retryFor: [] }],
    ['retryFor', { retryFor: [5] }],
    ['maxRetries', { maxRetries: -1 }],
    ['retryBackoff', { retryBackoff: 0.5 }],
    ['failFast', { failFast: 'yes' }],
    ['signal', { signal: {} }],
  ])('refuses a wrong %s at the call', (option, given) => {
    expect(() => runtime().apply(t.add.s(1, 1), given as never)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIGURATION', option }),
    )
  })
}

function afterwards(apply: Apply, options: RuntimeOptions, make: MakeRuntime): void {
  it('shows at once that thousands were revoked, tells everybody who waits, and is not idle before', async () => {
    const many = make(options)
    const controller = new AbortController()
    const results = Array.from({ length: 2_000 }, (_, i) =>
      (many as any).apply(t.add.s(i, 1).set({ countdown: 60_000 }), { signal: controller.signal }),
    )
    const told: string[] = []
    const waits = results.map((result) => result.get().catch(({ code }: { code: string }) => told.push(code)))
    const idle = many.idle()
    controller.abort()
    expect(new Set(results.map(({ state }) => state))).toEqual(new Set(['REVOKED']))
    await idle
    await Promise.all(waits)
    expect([told.length, new Set(told)]).toEqual([2_000, new Set(['ERR_REVOKED'])])
    await many.close()
  })

  it('tells everybody of thousands that were revoked right before it was closed, and is done', async () => {
    const many = make(options)
    const results = Array.from({ length: 2_000 }, (_, i) =>
      (many as any).apply(t.add.s(i, 1).set({ countdown: 60_000 })),
    )
    const waits = results.map((result) => result.get().catch(({ code }: { code: string }) => code))
    expect(many.revoke(results)).toBe(2_000)
    expect(await many.close({ timeout: 0 })).toEqual({ finished: 0, revoked: 0, timedOut: false })
    expect(new Set(await Promise.all(waits))).toEqual(new Set(['ERR_REVOKED']))
  })

  it('collects what a result led to, breadth first', async () => {
    const first = apply(chain(t.add.s(1, 1).link(t.pack.s('cb')), t.add.s(3), t.add.s(4))).parent.parent
    const seen: unknown[] = []
    for await (const [, value] of first.collect()) seen.push(value)
    expect(seen).toEqual([2, [2, 'cb'], 5, 9])
    const { nodes, edges } = first.graph()
    expect([nodes.length, edges.length, edges[0][0]]).toEqual([4, 3, first.id])
  })

  it('forgets a result and those before it', async () => {
    const result = apply(chain(t.add.s(1, 1), t.add.s(3)))
    expect(await result.get()).toBe(5)
    result.forget()
    await expect(result.get()).rejects.toMatchObject({ code: 'ERR_RESULT_TIMEOUT' })
    await expect(result.parent.get()).rejects.toMatchObject({ code: 'ERR_RESULT_TIMEOUT' })
    expect([result.state, result.result, result.error]).toEqual(['SUCCESS', undefined, undefined])
    const failed = apply(t.fail.s('x'))
    await failed.get({ propagate: false })
    failed.forget()
    await expect(failed.get()).rejects.toMatchObject({ code: 'ERR_RESULT_TIMEOUT' })
  })

  it('finds a finished result by its id while resultTtl has not passed', async () => {
    const runtime = make({ threads: 1, ...options, resultTtl: Infinity })
    const { id } = runtime.apply(t.add.s(1, 1)) as { readonly id: string }
    await runtime.idle()
    expect(await runtime.result(id)?.get()).toBe(2)
    await runtime.close()
  })
}
