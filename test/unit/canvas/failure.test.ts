/** What is known of an error, kept beside it. */
import { describe, expect, it } from 'vitest'
import { failureOf, relocateFailure, rememberFailure, type TaskFailure } from '../../../src/canvas/failure.js'

const about = (error: Error, path: string): TaskFailure => ({
  taskId: 'id',
  taskName: 'task',
  args: [],
  error,
  traceback: '',
  path,
  attempt: 1,
})

describe('failureOf', () => {
  it('tells what was remembered, and the first word counts', () => {
    const error = Object.freeze(new Error('frozen, so nothing can be written on it'))
    rememberFailure(about(error, 'steps[0]'))
    rememberFailure(about(error, 'steps[1]'))
    expect(failureOf(error)).toEqual(about(error, 'steps[0]'))
  })

  it.each([
    ['another error', new Error('x')],
    ['no error', 7],
    ['nothing', undefined],
    ['an object', {}],
  ])('knows nothing of %s', (_what, value) => {
    expect(failureOf(value)).toBeUndefined()
  })
})

describe('relocateFailure', () => {
  it('says where an error happened as seen from further out, and leaves the rest', () => {
    const error = new Error('x')
    rememberFailure(about(error, 'steps[0]'))
    relocateFailure(error, (path) => `members[2].${path}`)
    expect(failureOf(error)).toEqual(about(error, 'members[2].steps[0]'))
  })

  it('learns nothing of an error that nobody spoke of', () => {
    const error = new Error('x')
    relocateFailure(error, () => expect.unreachable())
    expect(failureOf(error)).toBeUndefined()
  })
})
