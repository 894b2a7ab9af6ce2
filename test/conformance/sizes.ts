/** Arguments and results that hold too many bytes are refused: what is known at once when it is applied, the rest when it is to be sent. */
import { chain, group, type Runtime, type RuntimeOptions, SerializationError } from 'celeriac'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sizeTasks as t } from './size-tasks.js'

const LARGE = 'x'.repeat(600)
const SMALL = 'x'.repeat(300)

export function sizeConformance(name: string, make: (options: RuntimeOptions) => Runtime): void {
  describe(`limits of size: ${name}`, () => {
    let runtime: Runtime
    beforeAll(() => {
      runtime = make({ threads: 2, maxArgumentBytes: 500, maxResultBytes: 1_000 })
    })
    afterAll(() => runtime.destroy())
    const failure = (canvas: Parameters<Runtime['run']>[0]): Promise<unknown> =>
      runtime.run(canvas as never).then(
        () => expect.fail('it succeeded'),
        (error: unknown) => error,
      )

    it('let pass what is small enough', async () => {
      expect(await runtime.run(t.text.s(400))).toHaveLength(400)
      expect(await runtime.run(t.lengthOf.s(SMALL))).toBe(300)
    })

    it('refuse arguments when they are applied, with size, limit and path', () => {
      expect(() => runtime.apply(t.lengthOf.s(LARGE))).toThrow(SerializationError)
      expect(() => runtime.apply(t.lengthOf.s(LARGE))).toThrow(
        'this holds 608 bytes, and maxArgumentBytes is 500; send less, or where to find it (at args)',
      )
      expect(() => runtime.apply(group([t.lengthOf.s(SMALL), t.lengthOf.s(LARGE)]))).toThrow(/at members\[1\]\.args/)
    })

    it('refuse what is given when it is applied', () => {
      expect(() => runtime.apply(t.lengthOf.s(), { args: [LARGE] })).toThrow(/maxArgumentBytes is 500/)
    })

    it('refuse rows of tables, and items', () => {
      expect(() => runtime.apply(t.lengthOf.each([[SMALL], [LARGE]]))).toThrow(/items\[1\]/)
      expect(() => runtime.apply(t.lengthOf.map([SMALL, SMALL]))).toThrow(/at items/)
      expect(() => runtime.apply(t.lengthOf.chunks([[SMALL], [LARGE]], 1))).toThrow(/items\[1\]/)
    })

    it('fail a call whose arguments are too large together, when they are sent', async () => {
      const error = await failure(t.lengthOf.chunks([[SMALL], [SMALL]], 2))
      expect(error).toBeInstanceOf(SerializationError)
      expect((error as Error).message).toMatch(/maxArgumentBytes is 500/)
    })

    it('fail a step that gets too much from the one before, wherever it runs', async () => {
      for (const canvas of [
        chain(t.text.s(600), t.lengthOf.s()),
        chain(t.text.s(600), t.lengthOf.s().set({ priority: 9 })),
      ])
        expect(await failure(canvas)).toMatchObject({ code: 'ERR_SERIALIZATION', path: 'args' })
    })

    it('fail a body whose list is too large', async () => {
      expect(await failure(chain(group([t.text.s(300), t.text.s(300)]), t.count.s()))).toMatchObject({
        code: 'ERR_SERIALIZATION',
      })
    })

    it('fail a call that gives too much, and not its neighbours', async () => {
      const neighbour = runtime.run(t.text.s(10))
      const error = await failure(t.text.s(2_000))
      expect(error).toBeInstanceOf(SerializationError)
      expect((error as Error).message).toBe(
        'this holds 2,000 bytes, and maxResultBytes is 1,000; send less, or where to find it (at value)',
      )
      expect(await neighbour).toBe('x'.repeat(10))
    })

    it('look into what is given', async () => {
      expect(await failure(t.bytes.s(2_000))).toMatchObject({ code: 'ERR_SERIALIZATION', path: 'value' })
    })

    it('hold for a task with handlers, which hear of the failure', async () => {
      expect(await failure(t.handled.s(2_000))).toMatchObject({ code: 'ERR_SERIALIZATION' })
      expect(await runtime.run(t.text.s(5))).toBe('xxxxx')
    })
  })
}
