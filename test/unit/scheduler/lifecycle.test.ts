/** The table of moves: what it has is possible, what it has not is a bug that shows itself at once. */
import { describe, expect, it } from 'vitest'
import { InvalidTransitionError } from '../../../src/errors.js'
import {
  CELERY_STATE,
  checkMove,
  codeOf,
  isFinalCode,
  MOVES,
  STATUSES,
  type Status,
} from '../../../src/scheduler/lifecycle.js'
import { ByHand, tasks } from './by-hand.js'

const allows = (from: Status, to: Status): boolean => (MOVES[from] as readonly Status[]).includes(to)
const pairs = STATUSES.flatMap((from) => STATUSES.map((to) => ({ from, to, isLegal: allows(from, to) })))

describe('a move', () => {
  it.each(pairs.filter(({ isLegal }) => isLegal))('from $from to $to is made', ({ from, to }) => {
    expect(() => checkMove(codeOf(from), codeOf(to), 1, 2)).not.toThrow()
  })

  it.each(pairs.filter(({ isLegal }) => !isLegal))('from $from to $to throws', ({ from, to }) => {
    const move = () => checkMove(codeOf(from), codeOf(to), 1, 2)
    expect(move).toThrow(InvalidTransitionError)
    expect(move).toThrow(`node 1 of workflow 2 cannot go from ${from} to ${to}: please report this as a bug`)
  })

  it('that the table does not have throws in a workflow, too, and says where', () => {
    const workflow = new ByHand().submit(tasks.a.s())
    expect(() => workflow.move(0, 'scheduled')).toThrow('node 0 of workflow 0 cannot go from running to scheduled')
  })
})

describe('a status', () => {
  it('is final when nothing leaves it', () => {
    expect(STATUSES.filter((status) => isFinalCode(codeOf(status)))).toEqual([
      'succeeded',
      'failed',
      'revoked',
      'ignored',
      'rejected',
    ])
  })

  it('can be reached, and a final one from everywhere', () => {
    const reached = new Set<Status>(['waiting'])
    for (const status of reached) for (const next of MOVES[status]) reached.add(next)
    expect([...reached].sort()).toEqual([...STATUSES].sort())
  })

  it('has the name that Celery gives it', () => {
    expect(CELERY_STATE).toMatchObject({
      waiting: 'PENDING',
      scheduled: 'RECEIVED',
      running: 'STARTED',
      retrying: 'RETRY',
      succeeded: 'SUCCESS',
      revoked: 'REVOKED',
      ignored: 'IGNORED',
      rejected: 'REJECTED',
    })
  })
})
