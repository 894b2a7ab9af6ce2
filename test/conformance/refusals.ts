/** Bad input, on every executor: a typed error at the call, naming option and value; inside of a task as well as outside. */
import { createRuntime, type Runtime, type RuntimeOptions, setDefaultRuntime } from 'celeriac'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tasks as typed } from './refusal-tasks.js'
import type { MakeRuntime } from './suite.js'

const t = typed as any

export function refusalConformance(name: string, options: RuntimeOptions, make: MakeRuntime = createRuntime): void {
  describe(`bad input: ${name}`, () => {
    let runtime: Runtime
    beforeAll(() => {
      runtime = make({ threads: 2, ...options })
    })
    afterAll(() => runtime.close({ drain: false }))
    outside(() => runtime as any)
    inside((canvas) => runtime.run(canvas as never))
  })
}

const refusal = (option: string | undefined) => expect.objectContaining({ code: 'ERR_CONFIGURATION', option })

function outside(runtime: () => any): void {
  it.each<[unknown]>([[5], [null], [undefined], [{}], [[5]], [['x', null]], [[{}]]])(
    'revokes nothing by %j',
    (target) => {
      expect(() => runtime().revoke(target)).toThrow(refusal('target'))
    },
  )

  it.each<[unknown]>([[5], [null], [undefined], [{}]])('finds no result by %j', (id) => {
    expect(() => runtime().result(id)).toThrow(refusal('id'))
  })

  it.each<[string | undefined, unknown]>([
    ['terminate', { terminate: 1 }],
    ['graceMs', { graceMs: 5 }],
    [undefined, 5],
    [undefined, null],
  ])('revokes nothing with a wrong %s', (option, given) => {
    const result = runtime().apply(t.add.s(1, 1))
    expect(() => runtime().revoke(result, given)).toThrow(refusal(option))
    expect(() => result.revoke(given)).toThrow(refusal(option))
  })

  it.each<[string, object]>([
    ['expires', { expires: -1 }],
    ['expires', { expires: Number.NaN }],
    ['countdown', { countdown: Infinity }],
    ['rateLimit', { rateLimit: '5/s' }],
    ['taskId', { taskId: '' }],
  ])('applies nothing with a wrong %s', (option, given) => {
    expect(() => runtime().apply(t.add.s(1, 1), given)).toThrow(refusal(option))
    expect(() => t.add.s(1, 1).set(given)).toThrow(refusal(option))
  })

  it.each<[string, object]>([
    ['softTimeLimit', { defaults: { timeLimit: 5, softTimeLimit: 6 } }],
    ['retryFor', { defaults: { retryFor: [] } }],
    ['rateLimit', { defaults: { rateLimit: 5 } }],
    ['execArgv', { execArgv: [5] }],
    ['callsPerThread', { callsPerThread: 0 }],
    ['resultTtl', { resultTtl: -1 }],
    ['graceMs', { graceMs: Number.NaN }],
  ])('makes no runtime with a wrong %s', (option, given) => {
    expect(() => createRuntime(given as never)).toThrow(refusal(option))
  })

  it('takes no default runtime that is none', () => {
    const before = setDefaultRuntime(undefined)
    expect(() => setDefaultRuntime(5 as never)).toThrow(refusal('runtime'))
    expect(() => setDefaultRuntime(null as never)).toThrow(refusal('runtime'))
    setDefaultRuntime(before)
  })

  it('refuses an id that is in use, in the canvas or in its callbacks', async () => {
    const pending = runtime().apply(t.add.s(1, 1).set({ countdown: 60_000, taskId: 'taken' }))
    const twice = t.add.s(1, 1).set({ taskId: 'twice' })
    expect(() => runtime().apply(t.add.s(1, 1), { taskId: 'taken' })).toThrow(refusal('taskId'))
    expect(() => runtime().apply(t.add.s(1, 1).set({ taskId: 'taken' }))).toThrow(refusal('taskId'))
    expect(() => runtime().apply(t.add.s(1, 1).link(t.add.s(1).set({ taskId: 'taken' })))).toThrow(refusal('taskId'))
    expect(() => runtime().apply(twice.link(t.add.s(1).set({ taskId: 'twice' })))).toThrow(refusal('taskId'))
    expect(() => runtime().apply(twice.linkError(t.add.s(1).set({ taskId: 'twice' })))).toThrow(refusal('taskId'))
    pending.revoke()
    expect(await runtime().run(t.add.s(1, 1), { taskId: 'taken' })).toBe(2)
  })
}

function inside(run: (canvas: unknown) => Promise<unknown>): void {
  it.each<[method: string, of: string | undefined, given: unknown]>([
    ['retry', 'countdown', { countdown: -1 }],
    ['retry', 'countdown', { countdown: 1, eta: new Date(5) }],
    ['retry', 'eta', { eta: 5 }],
    ['retry', 'maxRetries', { maxRetries: 1.5 }],
    ['retry', 'args', { args: 5 }],
    ['retry', 'error', { error: 'no' }],
    ['retry', 'delay', { delay: 5 }],
    ['retry', undefined, null],
    ['reject', 'requeue', { requeue: 1 }],
    ['updateState', 'state', 'SUCCESS'],
    ['updateState', 'state', undefined],
  ])('%s refuses a wrong %s', async (method, of, given) => {
    expect(await run(t.misuse.s(method, given))).toMatchObject({ code: 'ERR_CONFIGURATION', of })
  })

  it.each(['replace', 'addToChord', 'apply'])('%s refuses what is no canvas', async (method) => {
    expect(await run(t.misuse.s(method, 5))).toMatchObject({ code: 'ERR_INVALID_CANVAS', of: method })
  })

  it('refuses an empty chain as replacement, and a new member outside of a chord', async () => {
    await expect(run(t.replaceByNothing.s())).rejects.toMatchObject({ code: 'ERR_INVALID_CANVAS' })
    await expect(run(t.addOutside.s())).rejects.toMatchObject({ code: 'ERR_INVALID_CANVAS' })
  })

  it.each<[method: string, of: string, given: object]>([
    ['get', 'timeout', { timeout: -1 }],
    ['get', 'propagate', { propagate: 1 }],
    ['get', 'retries', { retries: 1 }],
    ['revoke', 'terminate', { terminate: 1 }],
    ['revoke', 'graceMs', { graceMs: 1 }],
  ])("a child's %s refuses a wrong %s", async (method, of, given) => {
    expect(await run(t.misuseChild.s(method, given))).toMatchObject({ code: 'ERR_CONFIGURATION', of })
  })

  it('revokes a child by a signal, also one that has aborted already', async () => {
    expect(await run(t.childWithSignal.s(false))).toEqual({ code: 'ERR_REVOKED', cause: 'after' })
    expect(await run(t.childWithSignal.s(true))).toEqual({ code: 'ERR_REVOKED', cause: 'before' })
  })
}
