/** Who hears events: listeners, and an outlet that has to be asked. */
import { describe, expect, it } from 'vitest'
import { EventBus } from '../../../src/events/bus.js'
import type { RuntimeEvent } from '../../../src/events/event.js'

const offline: RuntimeEvent = { type: 'worker-offline', at: 1, worker: 0, reason: 'closed' }
const warning: RuntimeEvent = { type: 'warning', at: 1, message: 'm', error: new Error('e') }

function setUp() {
  const interest: boolean[] = []
  const published: RuntimeEvent[] = []
  const outlet = {
    heard: false,
    isHeard: () => outlet.heard,
    publish: (event: RuntimeEvent) => void published.push(event),
  }
  return { bus: new EventBus(outlet, (listening) => interest.push(listening)), interest, published, outlet }
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

  it('tells when the first listener comes and the last one goes', () => {
    const { bus, interest } = setUp()
    const [first, second] = [() => {}, () => {}]
    bus.on('warning', first)
    bus.on('worker-offline', second)
    bus.off('warning', first)
    expect(interest).toEqual([true])
    bus.off('worker-offline')
    expect(interest).toEqual([true, false])
  })

  it('takes a once that has fired for one that has gone', () => {
    const { bus, interest } = setUp()
    bus.once('worker-offline', () => {})
    bus.emit(warning)
    expect(interest).toEqual([true])
    bus.emit(offline)
    expect(interest).toEqual([true, false])
  })

  it('finds out that the outlet is heard when it is told to look, and not before', () => {
    const { bus, interest, outlet } = setUp()
    outlet.heard = true
    expect(interest).toEqual([])
    bus.noteInterest()
    bus.noteInterest()
    expect(interest).toEqual([true])
    outlet.heard = false
    bus.noteInterest()
    expect(interest).toEqual([true, false])
  })

  it('counts listeners and the outlet together', () => {
    const { bus, interest, outlet } = setUp()
    const listener = () => {}
    outlet.heard = true
    bus.on('warning', listener)
    bus.off('warning', listener)
    expect(interest).toEqual([true])
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
