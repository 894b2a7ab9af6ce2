/** Cells of the table: what a task does from inside, with each of the others that come after it. */
import type { Cell } from './features.js'
import { cells, endOf, gate, open } from './lab.js'
import { tasks as t } from './tasks.js'
import { chain, group } from './untyped.js'

export const inside: readonly Cell[] = [
  [
    'replace × addToChord',
    'what stands in the place of a member can add',
    (l) => l.end(group(t.replaced.s('grown', 'identity', 5))),
    ['grew', 5],
  ],
  [
    'replace × addToChord',
    'a member that was added can be replaced',
    (l) => l.end(group(t.grown.s('replaced', 'identity', 5))),
    ['grew', 5],
  ],
  [
    'replace × ignore',
    'a replacement that ignores is its call ignored',
    async (l) => {
      const result = l.apply(chain(t.replaced.s('ignores'), t.add.s(1)))
      return [await endOf(result), result.state, result.parent.state]
    },
    ['ERR_IGNORED', 'IGNORED', 'IGNORED'],
  ],
  [
    'replace × reject',
    'a replacement goes back to the queue by itself',
    (l) => l.end(t.replaced.s('requeues', cells(), 3)),
    [3, 0],
  ],
  [
    'replace × progress',
    'the handle shows what its replacement says',
    async (l) => {
      const result = await l.begun(t.replaced.s('saysAndHolds', 7))
      const shown = [result.state, result.info, result.progress]
      result.revoke()
      await endOf(result)
      return [...shown, result.state]
    },
    ['MINE', { x: 7 }, 7, 'REVOKED'],
  ],
  ['replace × apply', 'a child can be replaced', (l) => l.lone.end(t.applied.s('replaced', 'identity', 5)), 5],
  ['replace × apply', 'a replacement can have children', (l) => l.lone.end(t.replaced.s('applied', 'identity', 5)), 5],
  [
    'replace × handlers',
    'neither success nor failure of the run that was replaced',
    (l) => l.said(t.handled.s('replace')),
    [['before']],
  ],
  [
    'replace × ignoreResult',
    'forgets what its replacement gives',
    (l) => l.end(t.replaced.s('identity', 5).set({ ignoreResult: true })),
    undefined,
  ],
  [
    'replace × resultTtl',
    'is found by its own id',
    async (l) => {
      const { id } = l.kept.apply(t.replaced.s('identity', 5))
      await l.kept.runtime.idle()
      return await l.kept.runtime.result(id)?.get()
    },
    5,
  ],
  [
    'replace × events',
    'one start of the call, and one of its replacement',
    (l) => l.story(t.replaced.s('identity', 5), ['task-started', 'task-succeeded']),
    ['started replaced', 'started identity', 'succeeded identity'],
  ],
  [
    'replace × close',
    'finishes what runs in the place of a call',
    (l) =>
      l.fresh({}, async (own) => {
        const g = gate()
        const result = await own.begun(t.replaced.s('gated', g, 'x'))
        const [end] = (await own.closed(result, {}, () => open(g))) as unknown[]
        return end
      }),
    'x',
  ],

  [
    'addToChord × ignore',
    'an added member that ignores ignores the group',
    async (l) => {
      const result = l.apply(group(t.grown.s('ignores')))
      return [await endOf(result), result.state]
    },
    ['ERR_IGNORED', 'IGNORED'],
  ],
  [
    'addToChord × reject',
    'an added member goes back to the queue by itself',
    (l) => l.end(group(t.grown.s('requeues', cells(), 2))),
    ['grew', [2, 0]],
  ],
  ['addToChord × progress', 'an added member says how far it is', (l) => l.said(group(t.grown.s('says', 1))), [0.5]],
  [
    'addToChord × apply',
    'a child is no member',
    (l) => l.lone.end(group(t.applied.s('grown', 'identity', 5))),
    'ERR_INVALID_CANVAS',
  ],
  [
    'addToChord × handlers',
    'run for the member that adds, whose value stays its own',
    async (l) => {
      const said = await l.said(group(t.handled.s('grow')))
      return [said, await l.end(group(t.handled.s('grow')))]
    },
    [
      [['before'], ['success', 'grow'], ['after', 'SUCCESS']],
      ['grow', 2],
    ],
  ],
  [
    'addToChord × ignoreResult',
    'the group has the value, the member forgets it',
    async (l) => {
      const result = l.apply(group(t.grown.s('identity', 5).set({ ignoreResult: true })))
      return [await endOf(result), await endOf(result.results[0])]
    },
    [['grew', 5], undefined],
  ],
  [
    'addToChord × resultTtl',
    'keeps the whole list',
    async (l) => {
      const { id } = l.kept.apply(group(t.grown.s('identity', 5)))
      await l.kept.runtime.idle()
      return await l.kept.runtime.result(id)?.get()
    },
    ['grew', 5],
  ],
  [
    'addToChord × events',
    'one start for each member',
    (l) => l.lone.story(group(t.grown.s('identity', 5)), ['task-started', 'task-succeeded']),
    ['started grown', 'succeeded grown', 'started identity', 'succeeded identity'],
  ],
  [
    'addToChord × close',
    'drains added members',
    (l) => l.fresh({}, (own) => own.closed(own.apply(group(t.grown.s('identity', 5))))),
    [['grew', 5], { finished: 2, revoked: 0 }],
  ],

  [
    'ignore × reject',
    'the first in member order names the end of a group',
    async (l) => {
      const [first, second] = [
        l.apply(group(t.ignores.s(), t.rejects.s())),
        l.apply(group(t.rejects.s(), t.ignores.s())),
      ]
      return [await endOf(first), await endOf(second), first.state, second.state]
    },
    ['ERR_IGNORED', 'ERR_IGNORED', 'IGNORED', 'REJECTED'],
  ],
  [
    'ignore × progress',
    'its own state gives way, what it said last stays',
    async (l) => {
      const result = l.apply(t.saysAndIgnores.s(7))
      return [await endOf(result), result.state, result.progress]
    },
    ['ERR_IGNORED', 'IGNORED', 7],
  ],
  [
    'ignore × apply',
    'a child that was ignored fails who waits for it',
    async (l) => {
      const result = l.lone.apply(t.applied.s('ignores'))
      return [await endOf(result), result.state, result.children[0].state]
    },
    ['ERR_IGNORED', 'FAILURE', 'IGNORED'],
  ],
  ['ignore × handlers', 'none at the end', (l) => l.said(t.handled.s('ignore')), [['before']]],
  [
    'ignore × ignoreResult',
    'ignoring a result is not ignoring the call',
    async (l) => [
      await l.end(t.ignores.s(), { ignoreResult: true }),
      await l.end(t.identity.s(1), { ignoreResult: true }),
    ],
    ['ERR_IGNORED', undefined],
  ],
  [
    'ignore × resultTtl',
    'is found afterwards',
    async (l) => {
      const { id } = l.kept.apply(t.ignores.s())
      await l.kept.runtime.idle()
      return l.kept.runtime.result(id)?.state
    },
    'IGNORED',
  ],
  [
    'ignore × events',
    'tell one start, and that it was ignored',
    (l) => l.story(t.ignores.s()),
    ['sent ignores', 'started ignores', 'ignored ignores'],
  ],
  [
    'ignore × close',
    'counts as finished',
    (l) => l.fresh({}, (own) => own.closed(own.apply(t.ignores.s()))),
    ['ERR_IGNORED', { finished: 1, revoked: 0 }],
  ],

  [
    'reject × progress',
    'what it said last stays',
    async (l) => {
      const result = l.apply(t.saysAndRejects.s(7))
      return [await endOf(result), result.state, result.progress]
    },
    ['ERR_IGNORED', 'REJECTED', 7],
  ],
  [
    'reject × apply',
    'a child goes back to the queue while its parent is parked',
    (l) => l.lone.end(t.applied.s('requeues', cells(), 3)),
    [3, 0],
  ],
  [
    'reject × handlers',
    'none at the end of a run that goes back',
    (l) => l.said(t.handled.s('requeue', cells())),
    [['before'], ['before'], ['success', 'requeue'], ['after', 'SUCCESS']],
  ],
  [
    'reject × handlers',
    'none at the end of a call that was rejected',
    (l) => l.said(t.handled.s('reject')),
    [['before']],
  ],
  [
    'reject × ignoreResult',
    'the end is not forgotten',
    (l) => l.end(t.rejects.s(), { ignoreResult: true }),
    'ERR_IGNORED',
  ],
  [
    'reject × resultTtl',
    'is found afterwards',
    async (l) => {
      const { id } = l.kept.apply(t.rejects.s())
      await l.kept.runtime.idle()
      return l.kept.runtime.result(id)?.state
    },
    'REJECTED',
  ],
  [
    'reject × events',
    'say whether it went back',
    async (l) =>
      (
        await l.told(['task-rejected'], async () => {
          await l.end(t.requeues.s(cells(), 2))
          await l.end(t.rejects.s())
        })
      ).map(({ requeued, attempt }) => [requeued, attempt]),
    [
      [true, 1],
      [false, 1],
    ],
  ],
  [
    'reject × close',
    'what would go back is revoked, without draining',
    (l) =>
      l.fresh({}, async (own) => {
        const g = gate()
        const result = await own.begun(t.gatedRequeue.s(g))
        return own.closed(result, { drain: false }, () => open(g))
      }),
    ['ERR_CLOSED', { finished: 0, revoked: 1 }],
  ],

  [
    'progress × apply',
    'a parked call shows its own, its child another',
    async (l) => {
      const told = await l.lone.told(['task-progress', 'task-state'], () => l.lone.end(t.saysAndApplies.s(7)))
      return told.map(({ type, taskName }) => `${type.slice(5)} ${taskName}`)
    },
    ['progress saysAndApplies', 'state saysAndApplies'],
  ],
  [
    'progress × handlers',
    'handlers say it too, in order with the body',
    (l) => l.said(t.handledHolds.s().set({ softTimeLimit: 5 })),
    [['before'], 'in', ['failure', 'SoftTimeLimitError'], ['after', 'FAILURE']],
  ],
  [
    'progress × ignoreResult',
    'is kept, though the value is not',
    async (l) => {
      const result = l.apply(t.says.s(1), { ignoreResult: true })
      return [await endOf(result), result.progress]
    },
    [undefined, 0.5],
  ],
  [
    'progress × resultTtl',
    'is kept with the result',
    async (l) => {
      const { id } = l.kept.apply(t.says.s(1))
      await l.kept.runtime.idle()
      return l.kept.runtime.result(id)?.progress
    },
    0.5,
  ],
  [
    'progress × events',
    'in order, between start and end',
    (l) => l.story(t.says.s(1), ['task-started', 'task-progress', 'task-state', 'task-succeeded']),
    ['started says', 'progress says', 'state says', 'succeeded says'],
  ],
  [
    'progress × close',
    'is heard to the end',
    (l) =>
      l.fresh({}, async (own) => {
        const told: unknown[] = []
        own.runtime.on('task-progress', ({ value }) => told.push(value))
        await own.closed(own.apply(t.says.s(1)))
        return told
      }),
    [0.5],
  ],

  [
    'apply × handlers',
    'of the child inside those of its parent',
    (l) => l.lone.said(t.handledParent.s()),
    [['before'], ['before'], ['success', 'ok'], ['after', 'SUCCESS'], ['success', 'ok'], ['after', 'SUCCESS']],
  ],
  [
    'apply × ignoreResult',
    'a child forgets its value, for its parent too',
    (l) => l.lone.end(t.appliedWith.s({ ignoreResult: true }, 'identity', 5)),
    undefined,
  ],
  [
    'apply × resultTtl',
    'children are found with their parent',
    async (l) => {
      const { id } = l.kept.apply(t.leaves.s('identity', 5))
      await l.kept.runtime.idle()
      const [child] = l.kept.runtime.result(id)?.children ?? []
      return [child?.state, await child?.get()]
    },
    ['SUCCESS', 5],
  ],
  [
    'apply × events',
    'name the parent of a child, and the root of both',
    async (l) => {
      let parent: any
      const told = await l.lone.told(['task-sent'], async () => {
        parent = l.lone.apply(t.applied.s('identity', 5))
        await endOf(parent)
      })
      return told.map(({ taskName, parentId, rootId }) => [taskName, parentId === parent.id, rootId === parent.id])
    },
    [
      ['applied', false, true],
      ['identity', true, true],
    ],
  ],
  [
    'apply × close',
    'drains children that nobody waits for',
    (l) => l.fresh({}, (own) => own.closed(own.apply(t.leaves.s('identity', 5)))),
    ['left', { finished: 2, revoked: 0 }],
  ],
  [
    'apply × close',
    'without draining, a child that has not started fails who waits for it',
    (l) =>
      l.fresh({}, async (own) => {
        const g = gate()
        const result = await own.begun(t.gatedParent.s(g))
        const [end] = (await own.closed(result, { drain: false }, () => open(g))) as unknown[]
        return end
      }),
    'ERR_CLOSED',
  ],
]
