/** Cells of the table: revoking, and groups that fail fast, with each of the others that come after them. */
import type { Cell } from './features.js'
import { endOf, gate, open, states, thrown } from './lab.js'
import { tasks as t } from './tasks.js'
import { chain, chord, group } from './untyped.js'

const never = { countdown: 600_000 }
const fast = { failFast: true }

export const stopping: readonly Cell[] = [
  [
    'revoke × failFast',
    'a member that is revoked counts as the first failure',
    async (l) => {
      const result = l.apply(group(t.add.s(1, 1).set(never), t.add.s(2, 2).set(never)).set(fast))
      l.runtime.revoke(result.results[1].id)
      return [await endOf(result), states(result)]
    },
    ['ERR_REVOKED', ['REVOKED', 'REVOKED']],
  ],
  [
    'revoke × priority',
    'the next one in order starts in its place',
    async (l) => {
      const running = await l.lone.begun(t.holds.s())
      const first = l.lone.apply(t.step.s('a').set({ priority: 9 }))
      const rest = group(t.step.s('b'), t.step.s('c').set({ priority: 5 }))
      first.revoke()
      const order = l.lone.order(rest)
      running.revoke()
      return [await order, first.state]
    },
    [['c', 'b'], 'REVOKED'],
  ],
  [
    'revoke × rateLimit',
    'a revoked call takes no start',
    async (l) => {
      const first = l.apply(t.rated.s('a').set(never))
      first.revoke()
      return l.spaced(t.rated.s('b'), 1)
    },
    ['b', 1, true],
  ],
  [
    'revoke × concurrency',
    'gives the only place back when the run has stopped',
    async (l) => {
      const running = await l.begun(t.oneHolds.s('in'))
      const next = l.apply(t.oneFlaky.s('x', 0))
      running.revoke()
      return [await endOf(running), await endOf(next)]
    },
    ['ERR_REVOKED', ['x', 0]],
  ],
  [
    'revoke × callsPerThread',
    'only the revoked call hears it',
    async (l) => {
      const g = gate()
      const neighbour = await l.shared.begun(t.gated.s(g, 'x'))
      const running = await l.shared.begun(t.holds.s('in'))
      running.revoke({ terminate: false })
      const end = await endOf(running)
      open(g)
      return [end, await endOf(neighbour)]
    },
    ['ERR_REVOKED', 'x'],
  ],
  [
    'revoke × maxQueue',
    'a revoked call makes room',
    (l) =>
      l.fresh({ maxQueue: 1 }, async (own) => {
        await own.begun(t.holds.s())
        const waiting = own.apply(t.add.s(1, 1))
        const full = thrown(() => own.apply(t.add.s(1, 1)))
        waiting.revoke()
        await (own.runtime as any).drained()
        return [full, thrown(() => own.apply(t.add.s(1, 1)))]
      }),
    ['ERR_QUEUE_FULL', 'accepted'],
  ],
  [
    'revoke × batch',
    'takes a call out of the middle of the queue',
    async (l) => {
      const running = await l.lone.begun(t.holds.s())
      const result = l.lone.apply(group(t.step.s('a'), t.step.s('b'), t.step.s('c')))
      l.lone.runtime.revoke(result.results[1].id)
      running.revoke()
      return [await endOf(result), states(result)]
    },
    ['ERR_REVOKED', ['SUCCESS', 'REVOKED', 'SUCCESS']],
  ],
  [
    'revoke × replace',
    'takes along what runs in the place of the call, which tells of it',
    async (l) => {
      const told = await l.told(['task-revoked'], async () => {
        const result = await l.begun(t.replaced.s('holds'))
        result.revoke()
        await endOf(result)
      })
      return told.map(({ taskName }) => taskName).sort()
    },
    ['holds'],
  ],
  [
    'revoke × addToChord',
    'takes along members that were added',
    async (l) => {
      const result = await l.begun(chord([t.grown.s('holds')], t.tsum.s()))
      result.revoke()
      const end = await endOf(result)
      await l.runtime.idle()
      return [end, result.state]
    },
    ['ERR_REVOKED', 'REVOKED'],
  ],
  [
    'revoke × ignore',
    'nothing is left to revoke of a call that was ignored',
    async (l) => {
      const result = l.apply(chain(t.ignores.s(), t.add.s(1)))
      return [await endOf(result), l.runtime.revoke(result), result.state]
    },
    ['ERR_IGNORED', 0, 'IGNORED'],
  ],
  [
    'revoke × reject',
    'nothing is left to revoke of a call that was rejected',
    async (l) => {
      const result = l.apply(chain(t.rejects.s(), t.add.s(1)))
      return [await endOf(result), l.runtime.revoke(result), result.state]
    },
    ['ERR_IGNORED', 0, 'REJECTED'],
  ],
  [
    'revoke × progress',
    'its own state gives way, what it said last stays',
    async (l) => {
      const result = await l.begun(t.saysAndHolds.s(7))
      const before = [result.state, result.info]
      result.revoke()
      await endOf(result)
      return [before, result.state, result.progress]
    },
    [['MINE', { x: 7 }], 'REVOKED', 7],
  ],
  [
    'revoke × apply',
    'takes children along',
    async (l) => {
      const result = await l.lone.begun(t.applied.s('holds'))
      result.revoke()
      return [await endOf(result), await endOf(result.children[0]), await l.lone.end(t.add.s(1, 1))]
    },
    ['ERR_REVOKED', 'ERR_REVOKED', 2],
  ],
  [
    'revoke × apply',
    'a child alone fails who waits for it',
    async (l) => {
      const result = await l.lone.begun(t.applied.s('holds'))
      l.lone.runtime.revoke(result.children[0])
      return [await endOf(result), result.state]
    },
    ['ERR_REVOKED', 'FAILURE'],
  ],
  [
    'revoke × handlers',
    'what they say after a revoke is heard by nobody',
    async (l) =>
      (
        await l.told(['task-progress'], async () => {
          const result = await l.begun(t.handledHolds.s())
          result.revoke()
          await l.end(t.add.s(1, 1))
        })
      ).map(({ value }) => value),
    [['before']],
  ],
  [
    'revoke × ignoreResult',
    'the revoke is not forgotten',
    async (l) => {
      const result = l.apply(t.add.s(1, 1), { ...never, ignoreResult: true })
      result.revoke()
      return endOf(result)
    },
    'ERR_REVOKED',
  ],
  [
    'revoke × resultTtl',
    'is found afterwards',
    async (l) => {
      const { id } = l.kept.apply(t.add.s(1, 1), never)
      l.kept.runtime.revoke(id)
      await l.kept.runtime.idle()
      return [l.kept.runtime.result(id)?.state, l.kept.runtime.revoke(id)]
    },
    ['REVOKED', 0],
  ],
  [
    'revoke × events',
    'tell it once, whatever the run does then',
    async (l) =>
      (
        await l.lone.told(['task-revoked', 'task-succeeded', 'task-failed'], async () => {
          const result = await l.lone.begun(t.returnsWhenTold.s())
          result.revoke()
          await l.lone.end(t.add.s(1, 1))
        })
      ).map(({ type, taskName }) => [type, taskName]),
    [
      ['task-revoked', 'returnsWhenTold'],
      ['task-succeeded', 'add'],
    ],
  ],
  [
    'revoke × close',
    'does not wait for a revoked run that never stops',
    (l) =>
      l.fresh({}, async (own) => {
        const result = await own.begun(t.hangs.s())
        result.revoke()
        return own.closed(result)
      }),
    ['ERR_REVOKED', { finished: 0, revoked: 0 }],
  ],

  [
    'failFast × priority',
    'what was started before the failure counts',
    async (l) => {
      const result = l.lone.apply(group(t.stepFails.s(), t.step.s('b').set({ priority: 9 }), t.step.s('c')).set(fast))
      return [await endOf(result), states(result)]
    },
    ['step', ['FAILURE', 'SUCCESS', 'REVOKED']],
  ],
  [
    'failFast × rateLimit',
    'revokes members that wait for a start',
    async (l) => {
      const result = l.apply(group(t.rated.s('a'), t.fail.s('x'), t.ratedHolds.s('in')).set(fast))
      return [await endOf(result), (states(result) as unknown[])[2]]
    },
    ['fail:x', 'REVOKED'],
  ],
  [
    'failFast × concurrency',
    'revokes members that wait for a place',
    async (l) => {
      const result = l.apply(group(t.oneHolds.s('in'), t.oneHolds.s('in'), t.fail.s('x')).set(fast))
      return [await endOf(result), states(result)]
    },
    ['fail:x', ['REVOKED', 'REVOKED', 'FAILURE']],
  ],
  [
    'failFast × callsPerThread',
    'revokes the neighbour on the same thread',
    async (l) => {
      const result = l.shared.apply(group(t.holds.s('in'), t.fail.s('x')).set(fast))
      return [await endOf(result), states(result), await l.shared.end(group(t.add.s(1, 1), t.add.s(2, 2)))]
    },
    ['fail:x', ['REVOKED', 'FAILURE'], [2, 4]],
  ],
  [
    'failFast × maxQueue',
    'makes room at once',
    (l) =>
      l.fresh({ maxQueue: 2 }, async (own) => {
        const result = own.apply(group(t.stepFails.s(), t.step.s('b'), t.step.s('c')).set(fast))
        await endOf(result)
        return [states(result), thrown(() => own.apply(t.add.s(1, 1)))]
      }),
    [['FAILURE', 'REVOKED', 'REVOKED'], 'accepted'],
  ],
  [
    'failFast × batch',
    'nothing starts behind the failure',
    async (l) => {
      const result = l.lone.apply(group(t.step.s('a'), t.stepFails.s(), t.step.s('c')).set(fast))
      return [await endOf(result), states(result)]
    },
    ['step', ['SUCCESS', 'FAILURE', 'REVOKED']],
  ],
  [
    'failFast × replace',
    'a replacement that fails is its member that fails',
    async (l) => {
      const result = l.apply(group(t.replaced.s('fail', 'x'), t.add.s(1, 1).set(never)).set(fast))
      return [await endOf(result), states(result)]
    },
    ['fail:x', ['FAILURE', 'REVOKED']],
  ],
  [
    'failFast × addToChord',
    'an added member that fails revokes the others',
    async (l) => {
      // On one thread, so that it is added by a member that has ended.
      const result = l.lone.apply(group(t.grown.s('fail', 'x'), t.add.s(1, 1).set(never)).set(fast))
      return [await endOf(result), states(result)]
    },
    ['fail:x', ['SUCCESS', 'REVOKED']],
  ],
  [
    'failFast × addToChord',
    'revokes members that were added',
    async (l) => {
      const opens = gate()
      const fails = chain(t.gated.s(opens, 'x'), t.fail.s())
      const grew = l.next('task-succeeded')
      const result = await l.begun(group(t.grown.s('holds'), fails).set(fast), undefined, 2)
      await grew
      open(opens)
      return [await endOf(result), states(result)]
    },
    ['fail:x', ['SUCCESS', 'FAILURE']],
  ],
  [
    'failFast × ignore',
    'an ignored member is no failure',
    async (l) => {
      const result = l.lone.apply(group(t.ignores.s(), t.add.s(1, 1)).set(fast))
      return [await endOf(result), states(result)]
    },
    ['ERR_IGNORED', ['IGNORED', 'SUCCESS']],
  ],
  [
    'failFast × reject',
    'a rejected member is no failure',
    async (l) => {
      const result = l.lone.apply(group(t.rejects.s(), t.add.s(1, 1)).set(fast))
      return [await endOf(result), states(result)]
    },
    ['ERR_IGNORED', ['REJECTED', 'SUCCESS']],
  ],
  [
    'failFast × progress',
    'a revoked member shows what it said last',
    async (l) => {
      const g = gate()
      const fails = chain(t.oneGated.s(g, 'a'), t.fail.si('x'))
      const says = l.next('task-state')
      const result = l.apply(group(t.saysAndHolds.s(7), fails).set(fast))
      await says
      open(g)
      return [await endOf(result), result.results[0].progress, result.results[0].state]
    },
    ['fail:x', 7, 'REVOKED'],
  ],
  [
    'failFast × apply',
    'a child that fails fails its parent only if that waits',
    async (l) => {
      const harmless = await l.end(group(t.leaves.s('fail', 'x'), t.add.s(1, 1)).set(fast))
      const result = l.apply(group(t.applied.s('fail', 'x'), t.add.s(1, 1).set(never)).set(fast))
      return [harmless, await endOf(result), states(result)]
    },
    [['left', 2], 'fail:x', ['FAILURE', 'REVOKED']],
  ],
  [
    'failFast × handlers',
    'of the failed one run, of the one not started none',
    (l) => l.said(group(t.handled.s('fail'), t.handled.s('ok').set(never)).set(fast)),
    [['before'], ['failure', 'RangeError'], ['after', 'FAILURE']],
  ],
  [
    'failFast × ignoreResult',
    'the failure is not forgotten',
    (l) => l.end(group(t.fail.s('x'), t.add.s(1, 1).set(never)).set({ ...fast, ignoreResult: true })),
    'fail:x',
  ],
  [
    'failFast × resultTtl',
    'finds the members too',
    async (l) => {
      const given = group(t.fail.s('x'), t.add.s(1, 1).set({ ...never, taskId: 'pair-member' }))
      l.kept.apply(given.set(fast))
      await l.kept.runtime.idle()
      return l.kept.runtime.result('pair-member')?.state
    },
    'REVOKED',
  ],
  [
    'failFast × events',
    'tell of each member once',
    (l) => l.story(group(t.fail.s('x'), t.add.s(1, 1).set(never)).set(fast), ['task-failed', 'task-revoked']),
    ['failed fail', 'revoked add'],
  ],
  [
    'failFast × close',
    'closing does not wait for what was revoked',
    (l) =>
      l.fresh({ threads: 2 }, (own) => own.closed(own.apply(group(t.fail.s('x'), t.add.s(1, 1).set(never)).set(fast)))),
    ['fail:x', { finished: 1, revoked: 1 }],
  ],
]
