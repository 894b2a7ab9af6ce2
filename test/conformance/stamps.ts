/** Stamps, on every executor: what tasks see of them, what they survive, and who is revoked by them. */
import { fromJSON, type Runtime, chain as typedChain, chord as typedChord, group as typedGroup } from 'celeriac'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Stage } from './stage.js'
import { stampTasks as t } from './stamp-tasks.js'

const chain = typedChain as (...steps: any[]) => any
const chord = typedChord as (header: any, body: any) => any
const group = typedGroup as (...members: any[]) => any

export function stampConformance(stage: Stage): void {
  describe(`stamps: ${stage.name}`, () => {
    let runtime: Runtime
    beforeAll(() => {
      runtime = stage.make()
    })
    afterAll(() => runtime.close({ drain: false }))
    const run = (canvas: any, given?: any): Promise<any> => runtime.run(canvas, given)

    sight(run)
    survival(run, () => runtime)
    revokes(
      (canvas, given) => runtime.apply(canvas, given),
      () => runtime,
    )
  })
}

function sight(run: (canvas: any, given?: any) => Promise<any>): void {
  it.each<[string, () => any, unknown]>([
    [
      'are lists of values',
      () => t.seen.s().stamp({ tenant: 'acme', tags: ['x', 'y'] }),
      [{ tenant: ['acme'], tags: ['x', 'y'] }],
    ],
    ['are none where there are none', () => t.seen.s(), [{}]],
    [
      'may be any data',
      () => t.seen.s().stamp({ when: new Date(5), by: { id: 7 } }),
      [{ when: [new Date(5)], by: [{ id: 7 }] }],
    ],
    ['replace', () => t.seen.s().stamp({ a: 1 }).stamp({ a: 2 }), [{ a: [2] }]],
    ['are kept, newest first', () => t.seen.s().stamp({ a: 1 }).stamp({ a: 2 }, { append: true }), [{ a: [2, 1] }]],
    ['are frozen', () => t.isFrozen.s().stamp({ a: 1 }), true],
    ['reach every step', () => chain(t.seen.s(), t.seen.s()).stamp({ a: 1 }), [{ a: [1] }, [{ a: [1] }]]],
    [
      'reach header and body',
      () => chord([t.seen.s(), t.seen.s()], t.stampsOfHeader.s()).stamp({ a: 1 }),
      [[{ a: [1] }, { a: [1] }], { a: [1] }],
    ],
    [
      'reach members of each',
      () => t.seen.each([[1], [2]]).stamp({ a: 1 }),
      [
        [{ a: [1] }, 1],
        [{ a: [1] }, 2],
      ],
    ],
    ['reach slices', () => t.seen.chunks([[1], [2]], 1).stamp({ a: 1 }), [[[{ a: [1] }, 1]], [[{ a: [1] }, 2]]]],
    ['reach what is mapped', () => t.seen.map([1]).stamp({ a: 1 }), [[{ a: [1] }, 1]]],
    ['reach lazy members', () => group(new Set([t.seen.s()])).stamp({ a: 1 }), [[{ a: [1] }]]],
    [
      'come back from JSON',
      () => fromJSON(JSON.stringify(chain(t.seen.s()).stamp({ a: [1, 2] })), { tasks: [t.seen] }),
      [{ a: [1, 2] }],
    ],
    [
      'may stand on what holds calls together, in JSON',
      () =>
        fromJSON(
          {
            ...group(t.seen.s(), t.seen.s().stamp({ a: 1 })).toJSON(),
            options: { stamped_headers: ['a', 'b'], a: 0, b: 0 },
          },
          { tasks: [t.seen] },
        ),
      [[{ a: [0], b: [0] }], [{ a: [1], b: [0] }]],
    ],
  ])('%s', async (_sentence, canvas, value) => {
    expect(await run(canvas())).toEqual(value)
  })

  it('are not changed by options that are given when it is applied', async () => {
    expect(await run(t.seen.s().stamp({ a: 1 }), { headers: { a: 2 }, priority: 3 })).toEqual([{ a: [1] }])
  })

  it('are refused when they cannot be sent', async () => {
    const canvas = chain(t.seen.s()).stamp({ a: { deep: () => {} } })
    await expect(run(canvas)).rejects.toMatchObject({
      code: 'ERR_SERIALIZATION',
      path: 'steps[0].options.stamps.a[0].deep',
    })
  })
}

function survival(run: (canvas: any) => Promise<any>, runtime: () => Runtime): void {
  it('survive a retry', async () => {
    expect(await run(t.retried.s().stamp({ a: 1 }))).toEqual({ a: [1] })
  })

  it('survive a replacement, whose own win', async () => {
    expect(await run(t.replaced.s().stamp({ tenant: 'acme', a: 1 }))).toEqual([
      { tenant: ['own'], a: [1] },
      [{ tenant: ['acme'], a: [1] }],
    ])
    expect(await run(t.replacedByGroup.s().stamp({ a: 1 }))).toEqual([[{ a: [1] }], [[{ a: [1] }], { a: [1] }]])
  })

  it('are not handed to children, which may have their own', async () => {
    expect(await run(t.applies.s().stamp({ a: 1 }))).toEqual({ child: [1] })
  })

  it('reach callbacks and errbacks', async () => {
    const told: unknown[] = []
    const listener = ({ value }: { value: unknown }) => told.push(value)
    runtime().on('task-progress', listener as never)
    await run(t.seen.s().link(t.report.si()).stamp({ a: 1 }))
    await runtime().idle()
    await run(chain(t.fails.s()).linkError(t.report.si()).stamp({ b: 1 })).catch(() => {})
    await runtime().idle()
    runtime().off('task-progress', listener as never)
    expect(told).toEqual([{ a: [1] }, { b: [1] }])
  })
}

function revokes(apply: (canvas: any, given?: any) => any, runtime: () => Runtime): void {
  const later = { countdown: 3_600_000 }
  const states = (...results: any[]): unknown[] => results.map(({ state }) => state)

  it('revoke every call that carries one of the values', async () => {
    const mine = apply(group(t.seen.s(), t.seen.s()).stamp({ tenant: 'acme' }), later)
    const both = apply(t.seen.s().stamp({ tenant: 'acme' }).stamp({ tenant: 'other' }, { append: true }), later)
    const other = apply(t.seen.s().stamp({ tenant: 'other' }), later)
    const none = apply(t.seen.s(), later)
    expect(runtime().revokeByStamps({ tenant: 'acme' })).toBe(3)
    expect(states(mine.results[0], mine.results[1], both, other, none)).toEqual([
      'REVOKED',
      'REVOKED',
      'REVOKED',
      'RECEIVED',
      'RECEIVED',
    ])
    await expect(mine.get()).rejects.toMatchObject({ code: 'ERR_REVOKED' })
    expect(runtime().revokeByStamps({ tenant: ['acme', 'other'], unknown: 1 }, { reason: 'enough' })).toBe(1)
    await expect(other.get()).rejects.toMatchObject({ code: 'ERR_REVOKED', cause: 'enough' })
    none.revoke()
  })

  it('compare values by what they hold', () => {
    const result = apply(t.seen.s().stamp({ job: { id: 7, at: new Date(5) } }), later)
    expect(runtime().revokeByStamps({ job: { id: 8, at: new Date(5) } })).toBe(0)
    expect(runtime().revokeByStamps({ job: { id: 7, at: new Date(5) } })).toBe(1)
    expect(result.state).toBe('REVOKED')
  })

  it('revoke members of each, and the steps behind a revoked one with it', async () => {
    const result = apply(t.seen.each([[1], [2]]).stamp({ batch: 1 }), later)
    const steps = apply(chain(t.seen.s().stamp({ batch: 1 }), t.seen.s()), later)
    expect(runtime().revokeByStamps({ batch: 1 })).toBe(4)
    expect(states(result.results[1], steps)).toEqual(['REVOKED', 'REVOKED'])
  })

  it('revoke what is running', async () => {
    const started = new Promise((resolve) => runtime().once('task-started', resolve))
    const result = apply(t.waits.s().stamp({ run: 5 }))
    await started
    expect(runtime().revokeByStamps({ run: 5 })).toBe(1)
    await expect(result.get()).rejects.toMatchObject({ code: 'ERR_REVOKED' })
    await runtime().idle()
  })

  it('revoke nobody for stamps that nobody has, or for none', () => {
    const result = apply(t.seen.s().stamp({ a: 1 }), later)
    expect([runtime().revokeByStamps({}), runtime().revokeByStamps({ b: 1 })]).toEqual([0, 0])
    expect(runtime().revokeByStamps({ a: 1 })).toBe(1)
    expect(result.state).toBe('REVOKED')
  })

  it('are refused where they are no stamps', () => {
    expect(() => runtime().revokeByStamps('acme' as never)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIGURATION' }),
    )
    expect(() => runtime().revokeByStamps({ a: 1 }, { force: true } as never)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIGURATION', option: 'force' }),
    )
  })
}
