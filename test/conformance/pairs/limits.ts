/** Cells of the table: the hard and the soft time limit with each of the others that come after them. */

import { expect } from 'vitest'
import type { Cell } from './features.js'
import { cells, endOf, gate, open, states } from './lab.js'
import { tasks as t } from './tasks.js'
import { group } from './untyped.js'

const hard = { timeLimit: 30 }
const soft = { softTimeLimit: 5 }
const ample = { timeLimit: 600_000, softTimeLimit: 600_000 }
const never = { countdown: 600_000 }

export const limits: readonly Cell[] = [
  [
    'timeLimit × softTimeLimit',
    'the soft one first',
    (l) => l.end(t.spins.s(), { ...ample, ...soft }),
    'ERR_SOFT_TIME_LIMIT',
  ],
  [
    'timeLimit × softTimeLimit',
    'the hard one for who does not listen',
    (l) => l.end(t.hangs.s(), { ...hard, ...soft }),
    'ERR_TIME_LIMIT',
  ],
  [
    'timeLimit × revoke',
    'a revoked run that hits its limit stays revoked, and its thread is free',
    async (l) => {
      const result = await l.lone.begun(t.hangs.s(), hard)
      result.revoke()
      return [await endOf(result), await l.lone.end(t.add.s(1, 1)), result.state]
    },
    ['ERR_REVOKED', 2, 'REVOKED'],
  ],
  [
    'timeLimit × failFast',
    'a member at its limit revokes the others',
    async (l) => {
      const result = l.apply(group(t.hangs.s().set(hard), t.add.s(1, 1).set(never)).set({ failFast: true }))
      return [await endOf(result), states(result)]
    },
    ['ERR_TIME_LIMIT', ['FAILURE', 'REVOKED']],
  ],
  ['timeLimit × priority', 'a limit counts from the start of a run, whoever started first'],
  [
    'timeLimit × rateLimit',
    'the next start is not held back for longer',
    async (l) => [await l.end(t.ratedHangs.s(), hard), await l.end(t.rated.s('x'))],
    ['ERR_TIME_LIMIT', 'x'],
  ],
  [
    'timeLimit × concurrency',
    'gives the only place back',
    async (l) => [await l.end(t.oneHangs.s(), hard), await l.end(t.oneFlaky.s('x', 0))],
    ['ERR_TIME_LIMIT', ['x', 0]],
  ],
  [
    'timeLimit × callsPerThread',
    'the thread works again',
    async (l) => [await l.shared.end(t.hangs.s(), hard), await l.shared.end(group(t.add.s(1, 1), t.add.s(2, 2)))],
    ['ERR_TIME_LIMIT', [2, 4]],
  ],
  ['timeLimit × maxQueue', 'one speaks of running calls, the other of waiting ones'],
  [
    'timeLimit × batch',
    'the next one runs, unharmed',
    async (l) => {
      const result = l.lone.apply(group(t.stepHangs.s().set(hard), t.step.s('b')))
      return [await endOf(result), states(result)]
    },
    ['ERR_TIME_LIMIT', ['FAILURE', 'SUCCESS']],
  ],
  [
    'timeLimit × replace',
    'a replacement has its own limit',
    (l) => l.end(t.replacedWith.s(hard, 'hangs')),
    'ERR_TIME_LIMIT',
  ],
  [
    'timeLimit × addToChord',
    'an added member has its own limit',
    (l) => l.end(group(t.grownWith.s(hard, 'hangs'))),
    'ERR_TIME_LIMIT',
  ],
  ['timeLimit × ignore', 'ignores in time', (l) => l.end(t.ignores.s(), ample), 'ERR_IGNORED'],
  ['timeLimit × reject', 'counts anew after the queue', (l) => l.end(t.requeues.s(cells(), 3), ample), [3, 0]],
  [
    'timeLimit × progress',
    'keeps what was said before',
    async (l) => {
      const result = l.apply(t.hangs.s(), hard)
      return [await endOf(result), result.progress]
    },
    ['ERR_TIME_LIMIT', 'in'],
  ],
  [
    'timeLimit × apply',
    'strikes a call that is parked, and leaves its child alone',
    async (l) => {
      const result = l.apply(t.applied.s('holds'), hard)
      const end = await endOf(result)
      const [child] = result.children
      const shown = child.ready()
      child.revoke()
      return [end, shown, child.state]
    },
    ['ERR_TIME_LIMIT', false, 'REVOKED'],
  ],
  [
    'timeLimit × handlers',
    'none runs in a thread that was ended',
    (l) => l.said(t.handledHangs.s().set(hard)),
    [['before'], 'in'],
  ],
  [
    'timeLimit × ignoreResult',
    'the failure is not forgotten',
    (l) => l.end(t.hangs.s(), { ...hard, ignoreResult: true }),
    'ERR_TIME_LIMIT',
  ],
  [
    'timeLimit × resultTtl',
    'keeps the failure',
    async (l) => {
      const { id } = l.kept.apply(t.hangs.s(), hard)
      await l.kept.runtime.idle()
      const found = l.kept.runtime.result(id)
      return [found?.state, found && (await endOf(found))]
    },
    ['FAILURE', 'ERR_TIME_LIMIT'],
  ],
  [
    'timeLimit × events',
    'tell one start and one failure',
    (l) => l.story(t.hangs.s().set(hard)),
    ['sent hangs', 'started hangs', 'failed hangs'],
  ],
  [
    'timeLimit × close',
    'closing waits for the limit',
    (l) => l.fresh({}, (own) => own.closed(own.apply(t.hangs.s(), hard))),
    ['ERR_TIME_LIMIT', { finished: 1, revoked: 0 }],
  ],

  [
    'softTimeLimit × revoke',
    'what comes first is the reason',
    async (l) => {
      const result = await l.begun(t.holds.s(), ample)
      result.revoke({ reason: 'first' })
      return [await endOf(result), result.error.cause]
    },
    ['ERR_REVOKED', 'first'],
  ],
  [
    'softTimeLimit × failFast',
    'a member at its limit revokes the others',
    async (l) => {
      const result = l.apply(group(t.spins.s().set(soft), t.add.s(1, 1).set(never)).set({ failFast: true }))
      return [await endOf(result), states(result)]
    },
    ['ERR_SOFT_TIME_LIMIT', ['FAILURE', 'REVOKED']],
  ],
  ['softTimeLimit × priority', 'a limit counts from the start of a run, whoever started first'],
  [
    'softTimeLimit × rateLimit',
    'the next start is not held back for longer',
    async (l) => [await l.end(t.ratedSpins.s(), soft), await l.end(t.rated.s('x'))],
    ['ERR_SOFT_TIME_LIMIT', 'x'],
  ],
  [
    'softTimeLimit × concurrency',
    'gives the only place back',
    async (l) => [await l.end(t.oneSpins.s(), soft), await l.end(t.oneFlaky.s('x', 0))],
    ['ERR_SOFT_TIME_LIMIT', ['x', 0]],
  ],
  [
    'softTimeLimit × callsPerThread',
    'only the call at its limit hears it',
    async (l) => {
      const g = gate()
      const neighbour = await l.shared.begun(t.gated.s(g, 'x'))
      const end = await l.shared.end(t.holds.s(), soft)
      open(g)
      return [end, await endOf(neighbour)]
    },
    ['ERR_SOFT_TIME_LIMIT', 'x'],
  ],
  ['softTimeLimit × maxQueue', 'one speaks of running calls, the other of waiting ones'],
  [
    'softTimeLimit × batch',
    'the next one has a limit of its own',
    async (l) => {
      const result = l.lone.apply(group(t.stepSpins.s().set(soft), t.step.s('b').set(ample)))
      return [await endOf(result), states(result)]
    },
    ['ERR_SOFT_TIME_LIMIT', ['FAILURE', 'SUCCESS']],
  ],
  [
    'softTimeLimit × replace',
    'a replacement has its own limit',
    (l) => l.end(t.replacedWith.s(soft, 'spins')),
    'ERR_SOFT_TIME_LIMIT',
  ],
  [
    'softTimeLimit × addToChord',
    'an added member has its own limit',
    (l) => l.end(group(t.grownWith.s(soft, 'spins'))),
    'ERR_SOFT_TIME_LIMIT',
  ],
  ['softTimeLimit × ignore', 'ignores in time', (l) => l.end(t.ignores.s(), ample), 'ERR_IGNORED'],
  ['softTimeLimit × reject', 'counts anew after the queue', (l) => l.end(t.requeues.s(cells(), 3), ample), [3, 0]],
  [
    'softTimeLimit × progress',
    'keeps what was said before',
    async (l) => {
      const result = l.apply(t.holds.s('said'), soft)
      return [await endOf(result), result.progress]
    },
    ['ERR_SOFT_TIME_LIMIT', 'said'],
  ],
  [
    'softTimeLimit × apply',
    'reaches a call that is parked, which can take its child along',
    async (l) => {
      const result = l.apply(t.appliedWhile.s('holds'), soft)
      return [await endOf(result), await endOf(result.children[0])]
    },
    ['ERR_SOFT_TIME_LIMIT', 'ERR_REVOKED'],
  ],
  [
    'softTimeLimit × handlers',
    'see the limit as the error',
    (l) => l.said(t.handledSpins.s().set(soft)),
    [['before'], ['failure', 'SoftTimeLimitError'], ['after', 'FAILURE']],
  ],
  [
    'softTimeLimit × ignoreResult',
    'the failure is not forgotten',
    (l) => l.end(t.spins.s(), { ...soft, ignoreResult: true }),
    'ERR_SOFT_TIME_LIMIT',
  ],
  [
    'softTimeLimit × resultTtl',
    'keeps the failure',
    async (l) => {
      const { id } = l.kept.apply(t.spins.s(), soft)
      await l.kept.runtime.idle()
      return l.kept.runtime.result(id)?.error
    },
    expect.objectContaining({ code: 'ERR_SOFT_TIME_LIMIT', limit: 5 }),
  ],
  [
    'softTimeLimit × events',
    'tell one start and one failure',
    (l) => l.story(t.spins.s().set(soft)),
    ['sent spins', 'started spins', 'failed spins'],
  ],
  [
    'softTimeLimit × close',
    'closing waits for the limit',
    (l) => l.fresh({}, (own) => own.closed(own.apply(t.spins.s(), soft))),
    ['ERR_SOFT_TIME_LIMIT', { finished: 1, revoked: 0 }],
  ],
]
