/** Cells of the table: countdown and eta, and expiry, with each of the others that come after them. */
import type { Cell } from './features.js'
import { cells, endOf, gate, open, states, thrown } from './lab.js'
import { tasks as t } from './tasks.js'
import { group } from './untyped.js'

const soon = { countdown: 1 }
const never = { countdown: 600_000 }
const late = { expires: new Date(0) }
const intime = { expires: 600_000 }

export const times: readonly Cell[] = [
  ['delay × expires', 'expires while it waits', (l) => l.end(t.add.s(1, 1), { ...never, expires: 1 }), 'ERR_EXPIRED'],
  [
    'delay × timeLimit',
    'the limit counts from the start of the run',
    (l) => l.end(t.add.s(1, 1), { countdown: 30, timeLimit: 25 }),
    2,
  ],
  [
    'delay × softTimeLimit',
    'the limit counts from the start of the run',
    (l) => l.end(t.about.s(), { countdown: 10, softTimeLimit: 500 }),
    [0, true, false],
  ],
  [
    'delay × revoke',
    'revokes what waits for its time',
    async (l) => {
      const result = l.apply(group(t.add.s(1, 1), t.add.s(2, 2)).skew(600_000))
      return [l.runtime.revoke(result), await endOf(result), states(result)]
    },
    [2, 'ERR_REVOKED', ['REVOKED', 'REVOKED']],
  ],
  [
    'delay × failFast',
    'revokes members that wait for their time',
    async (l) => {
      const result = l.apply(group(t.fail.s('x'), t.add.s(1, 1).set(never)).set({ failFast: true }))
      return [await endOf(result), states(result)]
    },
    ['fail:x', ['FAILURE', 'REVOKED']],
  ],
  [
    'delay × priority',
    'the higher one first, of those that fall due together',
    (l) => l.lone.order(group(t.step.s('a'), t.step.s('b').set({ priority: 9 })).set(soon)),
    ['b', 'a'],
  ],
  [
    'delay × rateLimit',
    'a call that waits for its time takes no start',
    (l) => l.spaced(group(t.rated.s('x').set({ countdown: 2 }), t.rated.s('y')), 2),
    [['x', 'y'], 2, true],
  ],
  [
    'delay × concurrency',
    'a call that waits for its time takes no place',
    async (l) => {
      const waiting = l.apply(t.oneFlaky.s('w', 0).set(never))
      const value = await l.end(t.oneFlaky.s('x', 0))
      waiting.revoke()
      return value
    },
    ['x', 0],
  ],
  [
    'delay × callsPerThread',
    'side by side',
    (l) => l.shared.end(group(t.add.s(1, 1).set(soon), t.add.s(2, 2))),
    [2, 4],
  ],
  [
    'delay × maxQueue',
    'a call that waits for its time is not in the queue',
    (l) =>
      l.fresh({ maxQueue: 1 }, async (own) => {
        await own.begun(t.holds.s())
        own.apply(t.add.s(1, 1).set(never))
        return [thrown(() => own.apply(t.add.s(1, 1))), thrown(() => own.apply(t.add.s(1, 1)))]
      }),
    ['accepted', 'ERR_QUEUE_FULL'],
  ],
  [
    'delay × batch',
    'in order, of those that fall due together',
    (l) => l.lone.order(group(t.step.s('a'), t.step.s('b'), t.step.s('c')).set(soon)),
    ['a', 'b', 'c'],
  ],
  [
    'delay × replace',
    'the replacement waits for its time',
    (l) => l.end(t.replacedWith.s(soon, 'about')),
    [0, true, false],
  ],
  [
    'delay × addToChord',
    'an added member waits for its time',
    (l) => l.end(group(t.grownWith.s(soon, 'identity', 5))),
    ['grew', 5],
  ],
  ['delay × ignore', 'ignores when its time has come', (l) => l.end(t.ignores.s().set(soon)), 'ERR_IGNORED'],
  [
    'delay × reject',
    'back in the queue it does not wait again',
    (l) => l.end(t.requeues.s(cells(), 2).set({ countdown: 5 })),
    [2, 0],
  ],
  [
    'delay × progress',
    'says nothing before its time',
    async (l) => {
      const result = l.apply(t.says.s(1).set(soon))
      const before = [result.state, result.progress]
      await endOf(result)
      return [before, result.progress]
    },
    [['RECEIVED', undefined], 0.5],
  ],
  ['delay × apply', 'a child waits for its time', (l) => l.lone.end(t.appliedWith.s(soon, 'identity', 5)), 5],
  [
    'delay × handlers',
    'run when its time has come',
    (l) => l.said(t.handled.s('ok').set(soon)),
    [['before'], ['success', 'ok'], ['after', 'SUCCESS']],
  ],
  [
    'delay × ignoreResult',
    'waits, and forgets what it gives',
    (l) => l.end(t.identity.s(5).set({ ...soon, ignoreResult: true })),
    undefined,
  ],
  [
    'delay × resultTtl',
    'is found while it waits, and afterwards',
    async (l) => {
      const { id } = l.kept.apply(t.identity.s(5).set(soon))
      const before = l.kept.runtime.result(id)?.state
      await l.kept.runtime.idle()
      return [before, await l.kept.runtime.result(id)?.get()]
    },
    ['RECEIVED', 5],
  ],
  [
    'delay × events',
    'is sent when its time has come',
    (l) => l.story(group(t.identity.s(1).set(soon), t.add.s(1, 1)), ['task-sent', 'task-started']),
    ['sent add', 'started add', 'sent identity', 'started identity'],
  ],
  [
    'delay × close',
    'drains what waits for its time',
    (l) => l.fresh({}, (own) => own.closed(own.apply(t.add.s(1, 1).set(soon)))),
    [2, { finished: 1, revoked: 0 }],
  ],
  [
    'delay × close',
    'revokes what waits for its time, without draining',
    (l) => l.fresh({}, (own) => own.closed(own.apply(t.add.s(1, 1).set(never)), { drain: false })),
    ['ERR_CLOSED', { finished: 0, revoked: 1 }],
  ],

  [
    'expires × timeLimit',
    'a call that has started only has its limit',
    (l) => l.end(t.hangs.s(), { ...intime, timeLimit: 30 }),
    'ERR_TIME_LIMIT',
  ],
  [
    'expires × softTimeLimit',
    'a call that has started only has its limit',
    (l) => l.end(t.spins.s(), { ...intime, softTimeLimit: 5 }),
    'ERR_SOFT_TIME_LIMIT',
  ],
  [
    'expires × revoke',
    'an expired call cannot be revoked again',
    async (l) => {
      const result = l.apply(t.add.s(1, 1), late)
      return [await endOf(result), result.state, l.runtime.revoke(result)]
    },
    ['ERR_EXPIRED', 'REVOKED', 0],
  ],
  [
    'expires × failFast',
    'an expired member revokes the others',
    async (l) => {
      const result = l.apply(group(t.add.s(1, 1).set(late), t.add.s(1, 1).set(never)).set({ failFast: true }))
      return [await endOf(result), states(result)]
    },
    ['ERR_EXPIRED', ['REVOKED', 'REVOKED']],
  ],
  [
    'expires × priority',
    'an expired call is passed over',
    (l) => l.lone.order(group(t.step.s('a').set({ ...late, priority: 9 }), t.step.s('b'))),
    ['b'],
  ],
  [
    'expires × rateLimit',
    'an expired call takes no start',
    (l) => l.spaced(group(t.rated.s('a').set(late), t.rated.s('b')), 1),
    ['ERR_EXPIRED', 1, true],
  ],
  [
    'expires × concurrency',
    'an expired call takes no place',
    async (l) => [await l.end(t.oneFlaky.s('a', 0), late), await l.end(t.oneFlaky.s('b', 0))],
    ['ERR_EXPIRED', ['b', 0]],
  ],
  ['expires × callsPerThread', 'expiry strikes before the start, and what may start side by side has started'],
  [
    'expires × maxQueue',
    'an expired call makes room',
    (l) =>
      l.fresh({ maxQueue: 1 }, async (own) => {
        await own.begun(t.holds.s())
        await endOf(own.apply(t.add.s(1, 1), { expires: 1 }))
        return thrown(() => own.apply(t.add.s(1, 1)))
      }),
    'accepted',
  ],
  [
    'expires × batch',
    'an expired call is passed over',
    (l) => l.lone.order(group(t.step.s('a').set(late), t.step.s('b'), t.step.s('c'))),
    ['b', 'c'],
  ],
  [
    'expires × replace',
    'a replacement that has expired is the end of the call',
    (l) => l.end(t.replacedWith.s(late, 'identity', 1)),
    'ERR_EXPIRED',
  ],
  [
    'expires × addToChord',
    'an added member that has expired counts as failed',
    (l) => l.end(group(t.grownWith.s(late, 'identity', 1))),
    'ERR_EXPIRED',
  ],
  ['expires × ignore', 'ignores in time', (l) => l.end(t.ignores.s(), intime), 'ERR_IGNORED'],
  ['expires × reject', 'goes back to the queue in time', (l) => l.end(t.requeues.s(cells(), 2), intime), [2, 0]],
  ['expires × progress', 'an expired call says nothing', (l) => l.said(t.says.s(1).set(late)), []],
  [
    'expires × apply',
    'a child expires as any call',
    (l) => l.lone.end(t.appliedWith.s(late, 'identity', 1)),
    'ERR_EXPIRED',
  ],
  ['expires × handlers', 'do not run for an expired call', (l) => l.said(t.handled.s('ok').set(late)), []],
  [
    'expires × ignoreResult',
    'the expiry is not forgotten',
    (l) => l.end(t.identity.s(1), { ...late, ignoreResult: true }),
    'ERR_EXPIRED',
  ],
  [
    'expires × resultTtl',
    'is found afterwards',
    async (l) => {
      const { id } = l.kept.apply(t.identity.s(5), late)
      await l.kept.runtime.idle()
      const found = l.kept.runtime.result(id)
      return [found?.state, found && (await endOf(found))]
    },
    ['REVOKED', 'ERR_EXPIRED'],
  ],
  [
    'expires × events',
    'say that it expired, once',
    async (l) =>
      (await l.told(['task-started', 'task-revoked', 'task-failed'], () => l.end(t.add.s(1, 1), late))).map(
        ({ type, expired, terminated }) => [type, expired, terminated],
      ),
    [['task-revoked', true, false]],
  ],
  [
    'expires × close',
    'what is closed has not expired',
    (l) =>
      l.fresh({}, async (own) => {
        const g = gate()
        await own.begun(t.gated.s(g, 'x'))
        return own.closed(own.apply(t.add.s(1, 1), intime), { drain: false }, () => open(g))
      }),
    ['ERR_CLOSED', { finished: 1, revoked: 1 }],
  ],
]
