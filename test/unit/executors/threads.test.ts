/** Which thread stands for which lane. */
import { describe, expect, it } from 'vitest'
import { Threads } from '../../../src/executors/threads.js'

describe('a thread', () => {
  it('takes the first lane that has none', () => {
    const threads = new Threads(2)
    expect([threads.add(10).lane, threads.add(11).lane]).toEqual([0, 1])
  })

  it('leaves its lane to the one that takes its place', () => {
    const threads = new Threads(2)
    const first = threads.add(10)
    threads.add(11)
    threads.remove(first)
    expect([threads.at(0), threads.find(10)]).toEqual([undefined, undefined])
    expect(threads.add(12).lane).toBe(0)
  })

  it('is told to those who wait for it, once', () => {
    const threads = new Threads(1)
    let told = 0
    threads.whenThere(0, () => told++)
    const thread = threads.add(10)
    threads.remove(thread)
    threads.add(11)
    expect(told).toBe(1)
  })

  it('has no lane when all are taken', () => {
    const threads = new Threads(1)
    threads.add(10)
    expect(threads.add(11).lane).toBe(-1)
    expect(threads.infos().map(({ threadId }) => threadId)).toEqual([10])
  })

  it('is online when it has said how to reach it', () => {
    const threads = new Threads(1)
    const thread = threads.add(10)
    expect(threads.online).toBe(0)
    thread.port = new MessageChannel().port1 as never
    expect(threads.online).toBe(1)
  })
})
