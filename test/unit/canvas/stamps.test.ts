/** Which stamps match others. */
import { describe, expect, it } from 'vitest'
import { matches, storedStamps } from '../../../src/canvas/stamps.js'

const matching = (own: object, wanted: object): boolean =>
  matches(storedStamps('own', own), storedStamps('wanted', wanted))

describe('stamps match', () => {
  it.each<readonly [string, own: object, wanted: object]>([
    ['by a value', { tenant: 'acme' }, { tenant: 'acme' }],
    ['by one of several values', { tags: ['x', 'y'] }, { tags: ['z', 'y'] }],
    ['by one of several names', { tenant: 'acme', region: 'eu' }, { tenant: 'other', region: 'eu' }],
    ['by what a value holds', { who: { id: [1] } }, { who: { id: [1] } }],
  ])('%s', (_how, own, wanted) => {
    expect(matching(own, wanted)).toBe(true)
  })

  it.each<readonly [string, own: object, wanted: object]>([
    ['another value', { tenant: 'acme' }, { tenant: 'other' }],
    ['the value under another name', { tenant: 'acme' }, { region: 'acme' }],
    ['a name that every object has', {}, { constructor: Object.name }],
    ['nothing', { tenant: 'acme' }, {}],
    ['a name without values', { tenant: 'acme' }, { tenant: [] }],
  ])('not by %s', (_what, own, wanted) => {
    expect(matching(own, wanted)).toBe(false)
  })
})
