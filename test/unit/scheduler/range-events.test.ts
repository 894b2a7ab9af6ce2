/** Events of calls that stand side by side, which are ordered together: each call has its own all the same. */
import { describe, expect, it } from 'vitest'
import { EventBus } from '../../../src/events/bus.js'
import type { RuntimeEvent } from '../../../src/events/event.js'
import { loose, tasks } from './by-hand.js'
import { Fleet } from './fleet.js'

const { a, b } = tasks
const { chain, group } = loose

const OF_A_CALL = ['task-sent', 'task-received', 'task-started', 'task-succeeded', 'task-revoked'] as const

function listening(): Fleet {
  const fleet = new Fleet(1)
  fleet.listen(...OF_A_CALL)
  return fleet
}

const typesOf = (fleet: Fleet, id: string): readonly string[] =>
  fleet.emitted.flatMap((event) => ('id' in event && event.id === id ? [event.type] : []))

describe('calls side by side', () => {
  it('are each told to be sent, to start and to succeed, with what is theirs', () => {
    const fleet = listening()
    const workflow = fleet.submit(group(a.s(1), a.s(2)))
    fleet.end(0, [{ from: 0, values: ['x', 'y'] }], 0.5, 2)
    const rootId = workflow.idOf(1)
    for (const [i, value] of ['x', 'y'].entries()) {
      const call = { at: 0, id: workflow.idOf(1 + i), taskName: 'a', rootId, parentId: undefined, attempt: 1 }
      const events = fleet.emitted.filter((event) => 'id' in event && event.id === call.id)
      expect(events).toEqual([
        { ...call, type: 'task-sent', args: [i + 1] },
        { ...call, type: 'task-received' },
        { ...call, type: 'task-started', worker: 0 },
        { ...call, type: 'task-succeeded', value, runMs: 0.25 },
      ])
    }
  })

  it('name the call whose end has started them', () => {
    const fleet = listening()
    const workflow = fleet.submit(chain(a.s(0), group(b.s(), b.s(), b.s())))
    fleet.end(0, [{ from: 0, values: [7] }])
    const sent = fleet.emitted.filter(({ type }) => type === 'task-sent')
    const parents = sent.map((event) => (event as Extract<RuntimeEvent, { type: 'task-sent' }>).parentId)
    expect(parents).toEqual([undefined, workflow.idOf(0), workflow.idOf(0), workflow.idOf(0)])
  })

  it('tell of the items of a map', () => {
    const fleet = listening()
    fleet.submit(group(a.map([1, 2]), a.map([3])))
    expect(fleet.emitted.filter(({ type }) => type === 'task-sent')).toMatchObject([{ args: [1, 2] }, { args: [3] }])
  })

  it('tell of one that is revoked by itself', () => {
    const fleet = listening()
    const workflow = fleet.submit(group(a.s(), a.s(), a.s()))
    fleet.revoke(workflow, 2)
    fleet.recalled(0, 3)
    fleet.end(0, [{ from: 0, values: [1, 2, 3] }], 1, 3)
    expect(typesOf(fleet, workflow.idOf(2))).not.toContain('task-succeeded')
    for (const node of [1, 3]) expect(typesOf(fleet, workflow.idOf(node))).toEqual(OF_A_CALL.slice(0, 4))
  })

  it('are told together, as far as they are of one task', () => {
    const fleet = listening()
    fleet.submit(group(a.s(), a.s(), a.s(), b.s(), b.s()))
    const ends = [{ from: 0, values: [1, 2, 3, 4, 5] }]
    const said = fleet.handle({ type: 'outcomes', at: 0, batch: 0, ends, random: 0, ms: 1, begun: 5 })
    const ranges = said.flatMap((one) =>
      one.type === 'emit-range' ? [`${one.events.constructor.name} of ${one.events.node}, ${one.events.size}`] : [],
    )
    // Of the first it was told when it left.
    expect(ranges).toEqual([
      'StartedEvents of 2, 2',
      'SucceededEvents of 1, 3',
      'StartedEvents of 4, 2',
      'SucceededEvents of 4, 2',
    ])
  })

  it('are each told to start once, however many pieces tell of them', () => {
    const fleet = listening()
    const workflow = fleet.submit(group(a.s(), a.s(), a.s(), a.s(), a.s()))
    fleet.end(0, [{ from: 0, values: [1] }], 1, 3)
    fleet.end(0, [{ from: 1, values: [2, 3, 4, 5] }], 1, 5)
    for (const node of [1, 2, 3, 4, 5]) expect(typesOf(fleet, workflow.idOf(node))).toEqual(OF_A_CALL.slice(0, 4))
  })

  it('of which several were told to start are not told again when they come back from a thread', () => {
    const fleet = new Fleet(1, { callsPerThread: 4 })
    fleet.listen(...OF_A_CALL)
    const workflow = fleet.submit(group(a.s(), a.s(), a.s(), a.s()))
    fleet.recalled(0, 0)
    fleet.end(1, [{ from: 0, values: [1, 2, 3, 4] }], 1, 4)
    for (const node of [1, 2, 3, 4]) expect(typesOf(fleet, workflow.idOf(node))).toEqual(OF_A_CALL.slice(0, 4))
  })

  it('are not told to start again when they come back from a thread', () => {
    const fleet = listening()
    const workflow = fleet.submit(group(a.s(), a.s(), a.s()))
    fleet.recalled(0, 0)
    fleet.end(1, [{ from: 0, values: [1, 2, 3] }], 1, 3)
    for (const node of [1, 2, 3]) expect(typesOf(fleet, workflow.idOf(node))).toEqual(OF_A_CALL.slice(0, 4))
  })
})

describe('the bus', () => {
  const range = { each: (tell: (event: RuntimeEvent) => void) => [1, 2].forEach((at) => void tell(warningAt(at))) }
  const warningAt = (at: number): RuntimeEvent => ({ type: 'warning', at, message: 'told', error: new Error('told') })

  it('hands events of a range to its listeners, and to the outlet if somebody is there', () => {
    const published: number[] = []
    let bits = 0
    const bus = new EventBus({ heard: () => bits, publish: ({ at }) => void published.push(at) }, () => {})
    const heard: number[] = []
    bus.on('warning', ({ at }) => void heard.push(at))
    bus.emitEach(range)
    bits = 1
    bus.emitEach(range)
    expect([heard, published]).toEqual([
      [1, 2, 1, 2],
      [1, 2],
    ])
  })

  it('hands one of them to a listener that hears one', () => {
    const interests: number[] = []
    const bus = new EventBus({ heard: () => 0, publish: () => {} }, (heard) => void interests.push(heard.size))
    const heard: number[] = []
    bus.once('warning', ({ at }) => void heard.push(at))
    bus.emitEach(range)
    expect([heard, interests]).toEqual([[1], [1, 0]])
  })
})
