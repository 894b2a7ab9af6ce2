/** Options of a task: which are refused at `task()`, and what is kept of them. */
import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../../src/errors.js'
import { task } from '../../../src/task/task.js'
import { thrownBy } from '../canvas/making.js'

const define = (options: object) =>
  (task as unknown as (options: object, fn: () => void) => { options: object })(options, () => {})

describe('the options of a task', () => {
  it.each<[string, readonly unknown[]]>([
    ['name', ['', 5, null]],
    ['rateLimit', ['10/d', 'fast', -1, Number.NaN, null]],
    ['concurrency', [0, -1, 1.5, Number.NaN, '2', null]],
    ['batch', [0, 'no', null]],
    ['trackStarted', [1, 'yes', null]],
    ['maxRetries', [-1, 1.5, Number.NaN, '3', null]],
    ['retryDelay', [-1, Number.NaN, Infinity, '5']],
    ['retryFor', [[], Error, ['', Error], [{}], [Object]]],
    ['dontRetryFor', ['Error', [5]]],
    ['retryBackoff', [0, 0.5, Number.NaN, Infinity, 'yes']],
    ['retryBackoffMax', [-1, Number.NaN, '5']],
    ['retryJitter', [1, 'no']],
    ['timeLimit', [0, -1, Number.NaN, '5']],
    ['softTimeLimit', [0, -1, Number.NaN, '5']],
    ['priority', [-1, 10, 11, 1.5, Number.NaN, '1']],
    ['ignoreResult', [1, 'yes']],
    ['beforeStart', [5, 'x', {}]],
    ['onSuccess', [5]],
    ['onFailure', [5]],
    ['onRetry', [5]],
    ['afterReturn', [5]],
    ['retries', [3]],
    ['countdown', [5]],
    ['taskId', ['x']],
  ])('refuse a wrong %s, naming it and its value', (option, values) => {
    for (const value of values) {
      const error = thrownBy(() => define({ [option]: value }))
      expect(error).toBeInstanceOf(ConfigurationError)
      expect(error).toMatchObject({ option, value })
      expect(error.message).toContain(`"${option}"`)
    }
  })

  it.each([[undefined], [null], ['x']])('are refused as a whole: %s', (options) => {
    expect(thrownBy(() => define(options as never))).toBeInstanceOf(ConfigurationError)
  })

  it('refuse a soft limit above the hard one', () => {
    expect(thrownBy(() => define({ timeLimit: 10, softTimeLimit: 11 }))).toMatchObject({ option: 'softTimeLimit' })
  })

  it('are kept as they are given, up to the borders', () => {
    const most = {
      ...{ rateLimit: '100/m', concurrency: Infinity, batch: false, trackStarted: true, maxRetries: Infinity },
      ...{ retryDelay: 0, retryFor: [Error, 'Busy'], dontRetryFor: [], retryBackoff: 1, retryBackoffMax: Infinity },
      ...{ retryJitter: false, timeLimit: Infinity, softTimeLimit: Infinity, priority: 9, ignoreResult: true },
    }
    expect(define(most).options).toEqual(most)
    expect(define({ rateLimit: 0, concurrency: 1, timeLimit: 0.5, softTimeLimit: 0.5 }).options).toEqual({
      ...{ rateLimit: 0, concurrency: 1, timeLimit: 0.5, softTimeLimit: 0.5 },
    })
  })

  it('are as if they were not there where they are undefined, so that defaults hold', () => {
    expect(Object.keys(define({ priority: undefined, maxRetries: 2, rateLimit: undefined }).options)).toEqual([
      'maxRetries',
    ])
  })
})
