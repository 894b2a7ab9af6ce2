/** Who hears events: listeners, and an outlet that has to be asked. */
import { describe, expect, it } from 'vitest'
import { EventBus } from '../../../src/events/bus.js'
import { EVENT_NAMES, type RuntimeEvent } from '../../../src/events/event.js'

const offline: RuntimeEvent = { type: 'worker-offline', at: 1, worker: 0, reason: 'closed' }
const warning: RuntimeEvent = { type: 'warning', at: 1, message: 'm', error: new Error('e') }

function setUp() {
  const interest: string[] = []
  const published: RuntimeEvent[] = []
  const outlet = {
    names: [] as string[],
    heard: () => outlet.names.reduce((bits, name) => bits | (1 << EVENT_NAMES.indexOf(name as never)), 0),
    publish: (event: RuntimeEvent) => void published.push(event),
  }
  return { bus: new EventBus(outlet, (heard) => interest.push([...heard].join(' '))), interest, published, outlet }
}

describe('the bus', () => {
  it('gives the same object to listeners and outlet', () => {
    const { bus, published } = setUp()
    const heard: RuntimeEvent[] = []
    bus.on('worker-offline', (event) => heard.push(event))
    bus.emit(offline)
    expect([heard[0], published[0]]).toEqual([offline, offline])
    expect(heard[0]).toBe(published[0])
  })

  it('tells which events are heard when that changes', () => {
    const { bus, interest } = setUp()
    const [first, second] = [() => {}, () => {}]
    bus.on('warning', first)
    bus.on('warning', second)
    bus.on('worker-offline', second)
    bus.off('warning', first)
    expect(interest).toEqual(['warning', 'worker-offline warning'])
    bus.off('worker-offline')
    bus.off('warning')
    expect(interest.slice(2)).toEqual(['warning', ''])
  })

  it('takes a once that has fired for one that has gone', () => {
    const { bus, interest } = setUp()
    bus.once('worker-offline', () => {})
    bus.emit(warning)
    expect(interest).toEqual(['worker-offline'])
    bus.emit(offline)
    expect(interest).toEqual(['worker-offline', ''])
  })

  it('finds out that the outlet is heard when it is told to look, and not before', () => {
    const { bus, interest, outlet } = setUp()
    outlet.names = ['task-failed']
    expect(interest).toEqual([])
    bus.noteInterest()
    bus.noteInterest()
    expect(interest).toEqual(['task-failed'])
    outlet.names = []
    bus.noteInterest()
    expect(interest).toEqual(['task-failed', ''])
  })

  it('counts listeners and the outlet together', () => {
    const { bus, interest, outlet } = setUp()
    const listener = () => {}
    outlet.names = ['warning']
    bus.on('warning', listener)
    bus.off('warning', listener)
    expect(interest).toEqual(['warning'])
  })

  it('makes a warning of what a listener throws, which the outlet gets too', () => {
    const { bus, published } = setUp()
    const thrown = new Error('in listener')
    bus.on('worker-offline', () => {
      throw thrown
    })
    bus.emit(offline)
    expect(published).toMatchObject([offline, { type: 'warning', error: thrown }])
  })

  it('does not warn of a listener of warnings that throws', () => {
    const { bus, published } = setUp()
    bus.on('warning', () => {
      throw new Error('again')
    })
    bus.emit(warning)
    expect(published).toEqual([warning])
  })
})
