/** What is moved instead of cloned: what may own it, where it is found, and that it leaves once. */
import { open } from 'node:fs/promises'
import { MessageChannel, type MessagePort, type TransferListItem } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { giveAway, mayRunAgain, transfer } from '../../../src/serialization/transfer.js'
import { checkSendable, pack, unpack } from '../../../src/serialization/values.js'

const options = { maxDepth: 512, what: 'args' }
const run = { taskId: 'id', taskName: 'task', attempt: 1 }
const buffer = (): ArrayBuffer => new Uint8Array([1, 2, 3]).buffer
const refusal = (act: () => unknown): unknown => {
  try {
    act()
  } catch (error) {
    return error
  }
  return undefined
}

/** Packs a value and posts it, as an executor does. */
function sent(value: unknown): unknown {
  const moved = new Set<TransferListItem>()
  const packed = pack(value, options, moved)
  return unpack(structuredClone(packed, { transfer: [...moved] }), run)
}

describe('transfer', () => {
  it('gives the value itself', () => {
    const value = { pixels: buffer() }
    expect(transfer(value, [value.pixels])).toBe(value)
  })

  it.each<[string, (inner: object) => unknown]>([
    ['as it is', (inner) => inner],
    ['in a list of arguments', (inner) => [1, inner]],
    ['deep in data', (inner) => [{ a: new Map([['k', [new Set([inner])]]]) }]],
    ['beside an error', (inner) => [new RangeError('x'), { inner }]],
  ])('moves what a value owns: %s', (_sentence, around) => {
    const pixels = buffer()
    const value = transfer({ pixels, name: 'a' }, [pixels])
    const arrived = JSON.stringify(sent(around(value)), (_key, part) =>
      part instanceof Map || part instanceof Set ? [...part] : part instanceof ArrayBuffer ? part.byteLength : part,
    )
    expect(arrived).toContain('{"pixels":3,"name":"a"}')
    expect(pixels.byteLength).toBe(0)
  })

  it('moves the buffer of a view', () => {
    const bytes = new Uint8Array([7, 8])
    expect(sent([transfer(bytes, [bytes.buffer])])).toEqual([new Uint8Array([7, 8])])
    expect(bytes.byteLength).toBe(0)
  })

  it('moves ports and streams, which cannot be cloned, wherever they stand', () => {
    const { port1, port2 } = new MessageChannel()
    const stream = new ReadableStream()
    const arrived = sent([port1, stream, transfer({ port1 }, [port1, stream])]) as [
      MessagePort,
      unknown,
      { port1: MessagePort },
    ]
    expect(arrived[0]).toBe(arrived[2].port1)
    expect(Object.prototype.toString.call(arrived[1])).toBe('[object ReadableStream]')
    port2.close()
  })

  it('leaves everything else to be cloned', () => {
    const [mine, moved] = [buffer(), buffer()]
    sent([mine, transfer({ moved }, [moved])])
    expect([mine.byteLength, moved.byteLength]).toEqual([3, 0])
  })

  it('adds to what a value owns', () => {
    const [a, b] = [buffer(), buffer()]
    const value = { a, b }
    transfer(value, [a])
    transfer(value, [a, b])
    sent(value)
    expect([a.byteLength, b.byteLength]).toEqual([0, 0])
  })

  it('does not copy what is large', () => {
    const pixels = new Uint8Array(100e6)
    const started = process.memoryUsage().arrayBuffers
    const arrived = sent([transfer(pixels, [pixels.buffer])]) as [Uint8Array]
    expect(arrived[0].byteLength).toBe(100e6)
    expect(process.memoryUsage().arrayBuffers - started).toBeLessThan(50e6)
  })

  it.each<[string, unknown, unknown, string]>([
    ['a value that is no object', 5, [], 'value'],
    ['no list', {}, undefined, 'list'],
    ['a view in place of its buffer', {}, [new Uint8Array(1)], 'list'],
    ['shared memory', {}, [new SharedArrayBuffer(1)], 'list'],
    ['plain data', {}, [{ a: 1 }], 'list'],
    ['nothing in the list', {}, [null], 'list'],
  ])('refuses %s', (_sentence, value, list, option) => {
    expect(refusal(() => transfer(value as object, list as never))).toMatchObject({ code: 'ERR_CONFIGURATION', option })
  })
})

describe('a transfer leaves once:', () => {
  const twice = expect.objectContaining({ code: 'ERR_SERIALIZATION', path: 'args[0].pixels' })

  it('it is refused the second time, with its place', () => {
    const { port1, port2 } = new MessageChannel()
    const value = [{ pixels: transfer({}, [port1]) }]
    pack(value, options, new Set())
    expect(refusal(() => pack(value, options, new Set()))).toEqual(twice)
    expect(refusal(() => checkSendable(value, options))).toEqual(twice)
    port2.close()
  })

  it('it is refused when two values own the same and both are sent', () => {
    const pixels = buffer()
    sent(transfer({ pixels }, [pixels]))
    expect(refusal(() => sent([{ pixels: transfer({}, [pixels]) }]))).toEqual(twice)
  })

  it('it is refused when what is owned is gone', async () => {
    const pixels = buffer()
    const value = [{ pixels: transfer({ pixels }, [pixels]) }]
    structuredClone(pixels, { transfer: [pixels] })
    expect(refusal(() => pack(value, options, new Set()))).toEqual(twice)
    const file = await open(new URL(import.meta.url))
    await file.close()
    expect(refusal(() => pack([{ pixels: transfer({}, [file]) }], options, new Set()))).toEqual(twice)
    const stream = new ReadableStream()
    stream.getReader()
    expect(refusal(() => pack([{ pixels: transfer({}, [stream]) }], options, new Set()))).toEqual(twice)
  })

  it('what was promised to a message may leave with that, and with no other', () => {
    const pixels = buffer()
    const value = [{ pixels: transfer({ pixels }, [pixels]) }]
    giveAway(checkSendable(value, options)!)
    expect(refusal(() => checkSendable(value, options))).toEqual(twice)
    const moved = new Set<TransferListItem>()
    pack(value, { ...options, isPromised: true }, moved)
    expect([...moved]).toEqual([pixels])
  })

  it('it is refused where a message has no transfer list, rather than cloned', () => {
    const pixels = buffer()
    expect(refusal(() => pack(transfer({ pixels }, [pixels]), options))).toMatchObject({ code: 'ERR_SERIALIZATION' })
    expect(pixels.byteLength).toBe(3)
  })

  it('a port that nobody owns is refused as ever', () => {
    const { port1, port2 } = new MessageChannel()
    const pixels = buffer()
    const value = [transfer({ pixels }, [pixels]), { port1 }]
    expect(refusal(() => pack(value, options, new Set()))).toMatchObject({ path: 'args[1].port1' })
    port1.close()
    port2.close()
  })
})

describe('the policy of a call lets it run again', () => {
  it.each([
    [{}, false],
    [{ maxRetries: 5 }, false],
    [{ retryFor: [RangeError] }, true],
    [{ retryFor: ['RangeError'], maxRetries: 0 }, false],
  ])('%j: %s', (policy, expected) => {
    expect(mayRunAgain(policy)).toBe(expected)
  })
})
