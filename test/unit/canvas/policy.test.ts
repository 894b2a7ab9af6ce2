/** How a call is to be run: which policies are refused, what crosses to a thread, and which errors a list means. */
import { describe, expect, it } from 'vitest'
import { isOneOf, policyIn, portablePolicy } from '../../../src/canvas/policy.js'
import { ConfigurationError } from '../../../src/errors.js'
import { tasks, thrownBy } from './making.js'

class Refused extends RangeError {}
abstract class Abstract extends Error {}
class NoError {}

describe('a policy', () => {
  it.each<readonly [option: string, right: readonly unknown[], wrong: readonly unknown[]]>([
    ['retryFor', [[Error], [Refused, 'Gone'], [Abstract]], [[], [''], [7], [NoError], [() => 1], 'Gone', RangeError]],
    ['dontRetryFor', [[], [Refused, 'Gone']], [[''], [null], [NoError], 'Gone']],
    ['retryBackoff', [true, false, 1, 2.5], [0.5, Infinity, NaN, '2']],
    ['maxRetries', [0, 3, Infinity], [-1, 1.5, '3']],
    ['retryBackoffMax', [0, Infinity], [-1, '1']],
    ['retryDelay', [0, 1.5], [-1, Infinity]],
    ['timeLimit', [0.5, Infinity], [0, -1, NaN, '1']],
    ['onWorkerLost', ['fail', 'requeue'], ['retry', true]],
  ])('of %s takes what it says, and nothing else', (option, right, wrong) => {
    for (const value of right) expect(tasks.a.s().set({ [option]: value }).options[option]).toEqual(value)
    for (const value of wrong) {
      const error = thrownBy(() => tasks.a.s().set({ [option]: value }))
      expect(error).toBeInstanceOf(ConfigurationError)
      expect([error.option, error.value]).toEqual([option, value])
    }
  })

  it.each<readonly [option: string, wrong: unknown, words: string]>([
    ['retryFor', [], 'a list of error classes and names that is not empty'],
    ['dontRetryFor', 'Gone', 'a list of error classes and names'],
    ['retryBackoff', 0.5, 'true, false or a number from 1'],
    ['maxRetries', -1, 'a whole number from 0, or Infinity'],
    ['timeLimit', 0, 'a number of milliseconds above 0, or Infinity'],
    ['retryDelay', -1, 'a number of milliseconds from 0'],
    ['retryBackoffMax', -1, 'a number of milliseconds from 0, or Infinity'],
    ['priority', 10, 'a whole number from 0 to 9'],
    ['onWorkerLost', 'retry', "'fail' or 'requeue'"],
  ])('of a wrong %s is refused with what it must be', (option, wrong, words) => {
    expect(thrownBy(() => tasks.a.s().set({ [option]: wrong })).message).toContain(words)
  })

  it('of one limit alone needs no other', () => {
    expect(tasks.a.s().set({ timeLimit: 5 }).options).toEqual({ timeLimit: 5 })
    expect(tasks.a.s().set({ softTimeLimit: 5 }).options).toEqual({ softTimeLimit: 5 })
  })

  it('has a soft limit of at most the hard one, also when they are set one after the other', () => {
    const soft = tasks.a.s().set({ softTimeLimit: 10 })
    expect(soft.set({ timeLimit: 10 }).options).toEqual({ softTimeLimit: 10, timeLimit: 10 })
    const error = thrownBy(() => soft.set({ timeLimit: 9 }))
    expect(error.message).toBe('call options: option "softTimeLimit" must be at most "timeLimit" (9), and is 10')
    expect([error.option, error.value]).toEqual(['softTimeLimit', 10])
  })

  it('among other options is what of them it knows and was given', () => {
    const among = (options: object): unknown => policyIn(options)
    expect(among({ taskId: 'id', priority: 1, timeLimit: undefined })).toEqual({ priority: 1 })
    expect([{}, { taskId: 'id' }, { priority: undefined }].map(among)).toEqual(Array(3).fill(undefined))
  })
})

describe('a policy that crosses to a thread', () => {
  it('names error classes', () => {
    expect(portablePolicy({ retryFor: [Refused, 'Gone'], maxRetries: 1 })).toEqual({
      retryFor: ['Refused', 'Gone'],
      maxRetries: 1,
    })
    expect(portablePolicy({ dontRetryFor: [Refused] })).toEqual({ dontRetryFor: ['Refused'] })
  })

  it('is itself where it has none', () => {
    const policy = { maxRetries: 1 }
    expect(portablePolicy(policy)).toBe(policy)
  })
})

describe('an error is one of a list', () => {
  const renamed = Object.assign(new Error('x'), { name: 'Gone' })
  it.each<readonly [string, unknown, Parameters<typeof isOneOf>[1]]>([
    ['by its class', new Refused('x'), [Refused]],
    ['by a class above it', new Refused('x'), [RangeError]],
    ['by the name of its class', new Refused('x'), ['Refused']],
    ['by the name of a class above it', new Refused('x'), ['Error']],
    ['by its own name', renamed, ['Gone']],
    ['by the name of a class that it is not of here', renamed, [class Gone extends Error {}]],
    ['by any of several', new Refused('x'), ['Gone', TypeError, Refused]],
  ])('%s', (_how, error, list) => {
    expect(isOneOf(error, list)).toBe(true)
  })

  it.each<readonly [string, unknown, Parameters<typeof isOneOf>[1]]>([
    ['that names others', new RangeError('x'), [Refused, 'Gone']],
    ['that is empty', new RangeError('x'), []],
    ['if it is none, whatever its name', { name: 'Gone' }, ['Gone', Error]],
    ['by the name of what every object is', new RangeError('x'), ['Object']],
  ])('and is not of one %s', (_what, error, list) => {
    expect(isOneOf(error, list)).toBe(false)
  })
})
