/** Which thread stands for which lane. */
import { describe, expect, it } from 'vitest'
import { type Thread, Threads } from '../../../src/executors/threads.js'

/** Nobody looks at it here. */
const worker = {} as Thread['worker']
const connect = (threads: Threads, thread: Thread): void =>
  threads.connect(thread, {} as NonNullable<Thread['port']>, new Int32Array(1))

describe('a thread', () => {
  it('takes the first lane that has none', () => {
    const threads = new Threads(2)
    expect([threads.add(10, worker).lane, threads.add(11, worker).lane]).toEqual([0, 1])
  })

  it('leaves its lane to the one that takes its place', () => {
    const threads = new Threads(2)
    const first = threads.add(10, worker)
    threads.add(11, worker)
    threads.remove(first)
    expect([threads.at(0), threads.find(10)]).toEqual([undefined, undefined])
    expect(threads.add(12, worker).lane).toBe(0)
  })

  it('is told to those who wait for it when it is online, once', () => {
    const threads = new Threads(1)
    let told = 0
    threads.whenOnline(0, () => told++)
    const thread = threads.add(10, worker)
    expect(told).toBe(0)
    connect(threads, thread)
    threads.remove(thread)
    connect(threads, threads.add(11, worker))
    expect(told).toBe(1)
  })

  it('that has waited for its place is told to those who wait, too', () => {
    const threads = new Threads(1)
    const first = threads.add(10, worker)
    connect(threads, threads.add(11, worker))
    let told = 0
    threads.whenOnline(0, () => told++)
    threads.remove(first)
    expect(told).toBe(1)
  })

  it('has no lane when all are taken', () => {
    const threads = new Threads(1)
    threads.add(10, worker)
    expect(threads.add(11, worker).lane).toBe(-1)
    expect(threads.infos().map(({ threadId }) => threadId)).toEqual([10])
  })

  it('is online when it has said how to reach it', () => {
    const threads = new Threads(1)
    const thread = threads.add(10, worker)
    expect(threads.online).toBe(0)
    connect(threads, thread)
    expect(threads.online).toBe(1)
  })
})
