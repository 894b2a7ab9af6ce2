/** The comparison with the corpus sees what is different, and only that. */
import { describe, expect, it } from 'vitest'
import { differences, type Observed } from './compare.js'
import type { Effect, Expectation } from './corpus.js'

const fine = { effects: [], complaints: [] }
const value = (result: unknown): Observed => ({ outcome: 'value', result, ...fine })
const failure = (name: string, message: string): Observed => ({
  outcome: 'error',
  error: Object.assign(new Error(message), { name }),
  ...fine,
})
const effects = (...found: Effect[]): Observed => ({ ...value(1), effects: found })
const giving = (result: unknown): Expectation => ({ outcome: 'value', result, effects: [] })
const failing = (type: string, part: string): Expectation => ({
  outcome: 'error',
  error: { type, message_contains: part },
  effects: [],
})
const recording = (...expected: Effect[]): Expectation => ({ outcome: 'value', result: 1, effects: expected })

const rec = (...args: unknown[]): Effect => ({ task: 'rec', args, kwargs: {} })
const told = (type: string, message: string): Effect => ({
  task: 'onerr',
  exc_type: type,
  exc_message_contains: message,
})

describe('the comparison with the corpus', () => {
  const same: readonly (readonly [sentence: string, expected: Expectation, observed: Observed])[] = [
    ['takes an equal value', giving([1, { a: [2] }]), value([1, { a: [2] }])],
    ['takes undefined for null', giving(null), value(undefined)],
    ['takes undefined for null in a list', giving([null]), value([undefined])],
    [
      'takes an error of that type whose message has the part',
      failing('ValueError', 'x'),
      failure('ValueError', 'fail:x'),
    ],
    ['takes any message when none is given', failing('ValueError', ''), failure('ValueError', 'whatever')],
    ['takes any type for a star', failing('*', ''), failure('Odd', '')],
    ['takes either of two types', failing('ValueError|ChordError', ''), failure('ChordError', '')],
    ['takes our name of an error of Python', failing('NotRegistered', ''), failure('InvalidCanvasError', '')],
    [
      'takes either of two outcomes',
      { ...failing('TypeError', ''), outcome_any_of: ['apply_error', 'error'] },
      failure('TypeError', ''),
    ],
    ['takes effects in any order', recording(rec(1), rec(2)), effects(rec(2), rec(1))],
    ['takes a recorded error by part', recording(told('ValueError', 'x')), effects(told('ValueError', 'fail:x'))],
    [
      'gives a recorded error to the longest part that it has',
      recording(told('E', 'f'), told('E', 'fx')),
      effects(told('E', 'fx'), told('E', 'fy')),
    ],
  ]
  it.each(same)('%s', (_sentence, expected, observed) => {
    expect(differences(expected, observed)).toEqual([])
  })

  const different: readonly (readonly [sentence: string, expected: Expectation, observed: Observed])[] = [
    ['sees another value', giving(1), value(2)],
    ['sees a value that is not wrapped', giving([1]), value(1)],
    ['sees a missing key', giving({ a: 1 }), value({})],
    ['sees a value instead of an error', failing('ValueError', ''), value(1)],
    ['sees an error instead of a value', giving(1), failure('ValueError', '')],
    [
      'sees an error that came too soon',
      failing('ValueError', ''),
      { ...failure('ValueError', ''), outcome: 'apply_error' },
    ],
    ['sees an error of another type', failing('ValueError', ''), failure('TypeError', '')],
    ['sees another message', failing('ValueError', 'x'), failure('ValueError', 'y')],
    ['sees a missing effect', recording(rec(1)), effects()],
    ['sees an effect too many', recording(rec(1)), effects(rec(1), rec(1))],
    ['sees an effect that is different', recording(rec(1)), effects(rec(2))],
    ['sees a recorded error of another type', recording(told('ValueError', '')), effects(told('ChordError', ''))],
    ['sees another recorded message', recording(told('E', 'x')), effects(told('E', 'y'))],
    ['passes a complaint on', giving(1), { ...value(1), complaints: ['an id stayed PENDING'] }],
  ]
  it.each(different)('%s', (_sentence, expected, observed) => {
    expect(differences(expected, observed)).not.toEqual([])
  })
})
