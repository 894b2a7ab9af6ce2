/** What is transferred is moved, not copied: into calls, from step to step, and out; and refused where it could not be. */
import { once } from 'node:events'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import {
  type AsyncResult,
  chain,
  group,
  type Runtime,
  type RuntimeOptions,
  SerializationError,
  transfer,
} from 'celeriac'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transferTasks as t } from './transfer-tasks.js'

const bytesOf = (size = 8): Uint8Array => new Uint8Array(size).fill(1)
const moved = (bytes: Uint8Array): Uint8Array => transfer(bytes, [bytes.buffer as ArrayBuffer])

export function transferConformance(name: string, make: (options: RuntimeOptions) => Runtime): void {
  describe(`transfer: ${name}`, () => {
    let runtime: Runtime
    beforeAll(() => {
      runtime = make({ threads: 2 })
    })
    afterAll(() => runtime.destroy())

    moves(() => runtime)
    otherThanBuffers(() => runtime)
    refusals(() => runtime)
  })
}

function moves(runtime: () => Runtime): void {
  it('moves an argument, which is gone here', async () => {
    const bytes = bytesOf()
    const sum = runtime().run(t.sum.s(moved(bytes)))
    expect(await sum).toBe(8)
    expect(bytes.byteLength).toBe(0)
  })

  it('copies what is not transferred', async () => {
    const bytes = bytesOf()
    expect(await runtime().run(t.sum.s(bytes))).toBe(8)
    expect(bytes.byteLength).toBe(8)
  })

  it('moves through a chain, from step to step', async () => {
    const bytes = bytesOf()
    const image = await runtime().run(chain(t.brighten.s(moved(bytes)), t.brighten.s(2), t.brighten.s(3)))
    expect([...image]).toEqual(Array(8).fill(7))
    expect(bytes.byteLength).toBe(0)
  })

  it('moves on what a step gives, though nothing was transferred to the first', async () => {
    const values = await runtime().run(chain(t.brighten.s(bytesOf()), t.brighten.s(1), t.sum.s()))
    expect(values).toBe(24)
  })

  it('keeps the values between, where they are kept', async () => {
    const result = runtime().apply(chain(t.brighten.s(moved(bytesOf())), t.brighten.s(1)))
    expect([...(await result.get())]).toEqual(Array(8).fill(3))
    expect(await result.parent?.get()).toEqual(new Uint8Array(8).fill(2))
  })

  it('moves what lies deep inside, beside an error', async () => {
    const { deep, error } = await runtime().run(t.nested.s(5))
    expect(deep[0]?.bytes).toEqual(new Uint8Array(5).fill(1))
    expect(error).toBeInstanceOf(RangeError)
  })

  it('moves to each member of a group what is its own', async () => {
    const all = [1, 2, 3, 4].map((size) => bytesOf(size))
    expect(await runtime().run(group(all.map((bytes) => t.sum.s(moved(bytes)))))).toEqual([1, 2, 3, 4])
    expect(all.map(({ byteLength }) => byteLength)).toEqual([0, 0, 0, 0])
  })

  it('moves the arguments of an application', async () => {
    const bytes = bytesOf()
    expect(await runtime().run(t.sum.s(), { args: [bytes], transfer: [bytes.buffer as ArrayBuffer] })).toBe(8)
    expect(bytes.byteLength).toBe(0)
  })

  it.each<[string, (bytes: Uint8Array) => any, string]>([
    ['that throws', (bytes) => t.failsWith.s(bytes), 'got 8'],
    ['whose thread is ended', (bytes) => t.hangs.s(bytes).set({ timeLimit: 50 }), 'longer than 50 ms'],
  ])('tells an errback of a call %s without what was moved', async (_name, make, message) => {
    const told: unknown[] = []
    const failing = make(moved(bytesOf())).linkError(t.argsOf.s())
    const result: AsyncResult<unknown> = runtime().apply(failing)
    runtime().on('task-succeeded', ({ value }) => told.push(value))
    await expect(result.get()).rejects.toThrow(message)
    await runtime().idle()
    expect(told).toEqual([0])
    runtime().off('task-succeeded')
  })
}

/** All that comes through a port until the other side closes it. */
async function messagesOf(port: MessagePort): Promise<unknown[]> {
  const messages: unknown[] = []
  port.on('message', (message) => messages.push(message))
  await once(port, 'close')
  return messages
}

function otherThanBuffers(runtime: () => Runtime): void {
  it('moves a port, through which the task speaks', async () => {
    const { port1, port2 } = new MessageChannel()
    const messages = messagesOf(port1)
    await runtime().run(t.posts.s(transfer(port2, [port2]), 'first', { second: 2 }))
    expect(await messages).toEqual(['first', { second: 2 }])
  })

  it('moves a port out of a task', async () => {
    const { port } = await runtime().run(t.givesPort.s())
    expect(await messagesOf(port)).toEqual(['from the task'])
  })

  it('refuses a port that was moved before, and one that is not transferred', async () => {
    const { port1, port2 } = new MessageChannel()
    const signature = t.posts.s(transfer(port2, [port2]))
    await runtime().run(signature)
    expect(() => runtime().apply(signature)).toThrow(SerializationError)
    expect(() => runtime().apply(t.posts.s(port1))).toThrow(SerializationError)
    port1.close()
  })

  it('shares a SharedArrayBuffer: nothing is copied, and everybody has it still', async () => {
    const shared = new SharedArrayBuffer(4)
    await runtime().run(group(Array.from({ length: 20 }, () => t.counts.s(shared))))
    expect(new Int32Array(shared)[0]).toBe(20)
    expect(await runtime().run(chain(t.givesShared.s(), t.sum.s()))).toBe(7)
  })

  it.each<[string, () => unknown]>([
    ['a SharedArrayBuffer', () => new SharedArrayBuffer(4)],
    ['a typed array, in place of its buffer', () => new Uint8Array(4)],
    ['a plain object', () => ({})],
    ['a function', () => () => {}],
    ['text', () => 'text'],
  ])('refuses to transfer %s', (_what, make) => {
    const thing = make()
    expect(() => transfer({ thing }, [thing as ArrayBuffer])).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIGURATION', message: expect.stringMatching(/transfer/) }),
    )
  })

  it('refuses a buffer that is detached already', () => {
    const bytes = bytesOf()
    structuredClone(bytes.buffer, { transfer: [bytes.buffer as ArrayBuffer] })
    expect(() => runtime().apply(t.sum.s(moved(bytes)))).toThrow(SerializationError)
  })
}

function refusals(runtime: () => Runtime): void {
  const [retrying, requeued] = [{ retryFor: [Error] }, { onWorkerLost: 'requeue' as const }]
  it.each<[string, (bytes: Uint8Array) => any]>([
    ['for two calls', (bytes) => group([t.sum.s(bytes), t.sum.s(bytes)])],
    ['for a call that may be retried', (bytes) => t.sum.s(bytes).set(retrying)],
    ['for a call that may be requeued', (bytes) => t.sum.s(bytes).set(requeued)],
    ['for two rows of a table', (bytes) => t.sum.starmap([[bytes], [bytes]])],
    ['in headers', (bytes) => t.sum.s().set({ headers: { bytes } })],
  ])('is refused %s, and nothing is gone', (_name, canvas) => {
    const bytes = moved(bytesOf())
    expect(() => runtime().apply(canvas(bytes))).toThrow(SerializationError)
    expect(bytes.byteLength).toBe(8)
  })

  it('is refused when it was sent before', async () => {
    const signature = t.sum.s(moved(bytesOf()))
    const first = runtime().run(signature)
    expect(() => runtime().apply(signature)).toThrow(SerializationError)
    expect(await first).toBe(8)
    expect(() => runtime().apply(signature)).toThrow(SerializationError)
  })

  it('is refused for the first calls of a group, which all get what is applied', () => {
    const bytes = bytesOf()
    const options = { args: [bytes], transfer: [bytes.buffer as ArrayBuffer] } as const
    expect(() => runtime().apply(group([t.sum.s(), t.sum.s()]), options as any)).toThrow(SerializationError)
    expect(bytes.byteLength).toBe(8)
  })

  it('is refused where no argument can own what is moved', () => {
    const { buffer } = bytesOf()
    expect(() => runtime().apply(t.sum.s(), { transfer: [buffer as ArrayBuffer] })).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIGURATION', option: 'transfer' }),
    )
  })
}
