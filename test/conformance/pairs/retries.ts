/** Cells of the table: retries, and the one call of map, starmap and chunks, with each of the others. */
import type { Cell } from './features.js'
import { cells, endOf, gate, open, states, thrown } from './lab.js'
import { tasks as t } from './tasks.js'
import { group } from './untyped.js'

export const retries: readonly Cell[] = [
  [
    'retry × mapped',
    'runs all items again',
    (l) => l.end(t.auto.s(1).map(['a', 'b'])),
    [
      ['a', 1],
      ['b', 1],
    ],
  ],
  ['retry × delay', 'waits before the first run only', (l) => l.end(t.flaky.s('x', 2).set({ countdown: 1 })), ['x', 2]],
  [
    'retry × expires',
    'a call that has started does not expire',
    (l) => l.end(t.retriesPastExpiry.s(), { expires: 100 }),
    1,
  ],
  [
    'retry × timeLimit',
    'retries a run that the limit has ended, where that is listed',
    (l) => l.end(t.hangsOnce.s().set({ timeLimit: 30, retryFor: ['TimeLimitError'], retryDelay: 0 })),
    1,
  ],
  [
    'retry × softTimeLimit',
    'counts the limit anew in each run',
    (l) => l.end(t.spinsOnce.s().set({ softTimeLimit: 5, retryFor: ['SoftTimeLimitError'], retryDelay: 0 })),
    1,
  ],
  [
    'retry × revoke',
    'revokes a call that waits for its retry',
    async (l) => {
      const retried = l.next('task-retried')
      const result = l.apply(t.waitsToRetry.s())
      await retried
      const shown = result.state
      return [shown, l.runtime.revoke(result), result.state, await endOf(result)]
    },
    ['RETRY', 1, 'REVOKED', 'ERR_REVOKED'],
  ],
  [
    'retry × failFast',
    'a run that is tried again is no failure',
    (l) => l.end(group(t.flaky.s('x', 1), t.add.s(1, 1)).set({ failFast: true })),
    [['x', 1], 2],
  ],
  [
    'retry × priority',
    'tries again before calls of lower priority',
    (l) => l.lone.order(group(t.stepFlaky.s('x', 1).set({ priority: 9 }), t.step.s('y'), t.step.s('z'))),
    [['x', 1], 'y', 'z'],
  ],
  ['retry × rateLimit', 'every run counts', (l) => l.spaced(t.ratedFlaky.s('x', 2), 3), [['x', 2], 3, true]],
  [
    'retry × concurrency',
    'gives the only place back between runs',
    (l) => l.end(group(t.oneFlaky.s('x', 2), t.oneFlaky.s('y', 1))),
    [
      ['x', 2],
      ['y', 1],
    ],
  ],
  [
    'retry × callsPerThread',
    'side by side',
    (l) => l.shared.end(group(t.flaky.s('x', 1), t.flaky.s('y', 2))),
    [
      ['x', 1],
      ['y', 2],
    ],
  ],
  [
    'retry × maxQueue',
    'never refuses a retry',
    (l) => l.fresh({ maxQueue: 1 }, (own) => own.end(t.flaky.s('x', 3))),
    ['x', 3],
  ],
  [
    'retry × batch',
    'goes to the end of the queue',
    (l) => l.lone.order(group(t.stepFlaky.s('x', 1), t.step.s('y'))),
    ['y', ['x', 1]],
  ],
  ['retry × replace', 'a replacement is tried again by itself', (l) => l.end(t.replaced.s('flaky', 'x', 2)), ['x', 2]],
  [
    'retry × addToChord',
    'an added member is tried again',
    (l) => l.end(group(t.grown.s('flaky', 'x', 1))),
    ['grew', ['x', 1]],
  ],
  [
    'retry × ignore',
    'ignoring is no error to try again for',
    (l) => l.end(t.ignores.s().set({ retryFor: [Error] })),
    'ERR_IGNORED',
  ],
  [
    'retry × reject',
    'going back to the queue is no retry',
    (l) => l.end(t.requeues.s(cells(), 3).set({ maxRetries: 0 })),
    [3, 0],
  ],
  [
    'retry × progress',
    'every run says how far it is',
    async (l) =>
      (await l.told(['task-progress', 'task-retried'], () => l.end(t.counts.s(1)))).map(
        ({ type, value }) => value ?? type,
      ),
    [0, 'task-retried', 1],
  ],
  [
    'retry × apply',
    'each run has children of its own',
    async (l) => {
      const result = l.apply(t.appliedTwice.s('identity', 5))
      return [await endOf(result), result.children.length]
    },
    [[5, 1], 2],
  ],
  [
    'retry × handlers',
    'onRetry between the runs, the others at the end',
    (l) => l.said(t.handled.s('retry')),
    [['before'], ['retry', 'RangeError'], ['before'], ['success', 'retry'], ['after', 'SUCCESS']],
  ],
  [
    'retry × ignoreResult',
    'is tried again, and forgets what it gives',
    (l) => l.end(t.flaky.s('x', 1).set({ ignoreResult: true })),
    undefined,
  ],
  [
    'retry × resultTtl',
    'keeps the end, not the runs before it',
    async (l) => {
      const { id } = l.kept.apply(t.flaky.s('x', 1))
      await l.kept.runtime.idle()
      return [l.kept.runtime.result(id)?.state, await l.kept.runtime.result(id)?.get()]
    },
    ['SUCCESS', ['x', 1]],
  ],
  [
    'retry × events',
    'is sent and started again',
    (l) => l.story(t.flaky.s('x', 1)),
    ['sent flaky', 'started flaky', 'retried flaky', 'sent flaky', 'started flaky', 'succeeded flaky'],
  ],
  [
    'retry × close',
    'revokes what waits for its retry, without draining',
    (l) =>
      l.fresh({}, async (own) => {
        const retried = own.next('task-retried')
        const result = own.apply(t.waitsToRetry.s())
        await retried
        return own.closed(result, { drain: false })
      }),
    ['ERR_CLOSED', { finished: 0, revoked: 1 }],
  ],
  [
    'retry × close',
    'drains retries',
    (l) => l.fresh({}, (own) => own.closed(own.apply(t.flaky.s('x', 2)))),
    [['x', 2], { finished: 1, revoked: 0 }],
  ],

  [
    'mapped × delay',
    'waits as one call',
    (l) =>
      l.end(
        t.add
          .starmap([
            [1, 1],
            [2, 2],
          ])
          .set({ countdown: 1 }),
      ),
    [2, 4],
  ],
  [
    'mapped × expires',
    'expires as one call',
    (l) => l.end(t.identity.map([1]).set({ expires: new Date(0) })),
    'ERR_EXPIRED',
  ],
  [
    'mapped × timeLimit',
    'limits all items together',
    (l) => l.end(t.hangs.map([1, 2]).set({ timeLimit: 30 })),
    'ERR_TIME_LIMIT',
  ],
  [
    'mapped × softTimeLimit',
    'limits all items together',
    (l) => l.end(t.spins.map([1]).set({ softTimeLimit: 5 })),
    'ERR_SOFT_TIME_LIMIT',
  ],
  [
    'mapped × revoke',
    'revokes it between items',
    async (l) => {
      const result = await l.begun(t.returnsWhenTold.map([1, 2]))
      result.revoke()
      return [result.state, await endOf(result)]
    },
    ['REVOKED', 'ERR_REVOKED'],
  ],
  [
    'mapped × failFast',
    'a slice that fails revokes the others',
    async (l) => {
      const result = l.lone.apply(t.stepFails.chunks([[1], [2]], 1).set({ failFast: true }))
      return [await endOf(result), states(result)]
    },
    ['step', ['FAILURE', 'REVOKED']],
  ],
  [
    'mapped × priority',
    'one map before another',
    (l) => l.lone.order(group(t.step.map(['a']), t.step.map(['b']).set({ priority: 9 }), t.step.map(['c']))),
    [['b'], ['a'], ['c']],
  ],
  [
    'mapped × rateLimit',
    'is one start, whatever it maps',
    (l) => l.spaced(t.rated.map([1, 2, 3]), 1),
    [[1, 2, 3], 1, true],
  ],
  [
    'mapped × concurrency',
    'is one run, whatever it maps',
    (l) => {
      const c = cells()
      return l.end(group(t.one.map([c, c]), t.one.map([c])))
    },
    [[1, 1], [1]],
  ],
  [
    'mapped × callsPerThread',
    'slices side by side',
    (l) => l.shared.end(t.identity.chunks([[1], [2], [3]], 1)),
    [[1], [2], [3]],
  ],
  [
    'mapped × maxQueue',
    'takes one place in the queue, whatever it maps',
    (l) =>
      l.fresh({ maxQueue: 2 }, async (own) => {
        await own.begun(t.holds.s())
        own.apply(t.identity.map([1, 2, 3, 4]))
        return [thrown(() => own.apply(t.add.s(1, 1))), thrown(() => own.apply(t.add.s(1, 1)))]
      }),
    ['accepted', 'ERR_QUEUE_FULL'],
  ],
  [
    'mapped × batch',
    'leaves alone as one call',
    (l) => l.lone.order(group(t.step.map(['a', 'b']), t.step.s('c'))),
    [['a', 'b'], 'c'],
  ],
  [
    'mapped × replace',
    'an item cannot be replaced',
    (l) => l.end(t.replaced.starmap([['identity', 1]])),
    'ERR_INVALID_CANVAS',
  ],
  [
    'mapped × addToChord',
    'an item adds to the group of its map',
    (l) => l.end(group(t.grown.starmap([['identity', 5]]))),
    [['grew'], 5],
  ],
  ['mapped × ignore', 'an item that ignores ends the whole', (l) => l.end(t.ignoresOdd.map([2, 3, 4])), 'ERR_IGNORED'],
  ['mapped × reject', 'an item puts the whole back', (l) => l.end(t.requeues.starmap([[cells(), 2]])), [[2, 0]]],
  [
    'mapped × progress',
    'counts items',
    async (l) => {
      const result = l.apply(t.identity.map([7, 8, 9]))
      await endOf(result)
      return result.progress
    },
    { done: 3, total: 3 },
  ],
  [
    'mapped × apply',
    'an item waits for its child',
    (l) =>
      l.end(
        t.applied.starmap([
          ['identity', 1],
          ['identity', 2],
        ]),
      ),
    [1, 2],
  ],
  [
    'mapped × handlers',
    'run once for the whole',
    async (l) => (await l.said(t.handled.map(['ok', 'fine']))).filter(Array.isArray),
    [['before'], ['success', ['ok', 'fine']], ['after', 'SUCCESS']],
  ],
  [
    'mapped × ignoreResult',
    'forgets the list',
    (l) => l.end(t.identity.map([1, 2]).set({ ignoreResult: true })),
    undefined,
  ],
  [
    'mapped × resultTtl',
    'keeps the list',
    async (l) => {
      const { id } = l.kept.apply(t.identity.map([1, 2]))
      await l.kept.runtime.idle()
      return await l.kept.runtime.result(id)?.get()
    },
    [1, 2],
  ],
  [
    'mapped × events',
    'are those of one call',
    (l) => l.story(t.identity.map([1, 2])),
    ['sent identity', 'started identity', 'succeeded identity'],
  ],
  [
    'mapped × close',
    'finishes all items of what runs',
    (l) =>
      l.fresh({}, async (own) => {
        const g = gate()
        const result = await own.begun(
          t.gated.starmap([
            [g, 'x'],
            [g, 'y'],
          ]),
        )
        return own.closed(result, { drain: false }, () => open(g))
      }),
    [['x', 'y'], { finished: 1, revoked: 0 }],
  ],
]
