/** Cells of the table: what decides who starts when, with each of the others that come after it. */
import type { Cell } from './features.js'
import { cells, endOf, gate, open, states, thrown } from './lab.js'
import { tasks as t } from './tasks.js'
import { group } from './untyped.js'

const high = { priority: 9 }

const priorities: readonly Cell[] = [
  [
    'priority × rateLimit',
    'a call that waits for its start lets lower ones pass',
    (l) =>
      l.fresh({}, async (own) => {
        const [first, second] = [own.apply(t.rare.s('a').set(high)), own.apply(t.rare.s('b').set(high))]
        return [await own.end(t.step.s('c')), await endOf(first), second.state]
      }),
    ['c', 'a', 'RECEIVED'],
  ],
  [
    'priority × concurrency',
    'a call that waits for its place lets lower ones pass',
    async (l) => {
      const g = gate()
      const first = await l.begun(t.oneGated.s(g, 'a'))
      const opened = gate()
      open(opened)
      const second = l.apply(t.oneGated.s(opened, 'b').set(high))
      const value = await l.end(t.step.s('c'))
      const shown = second.ready()
      open(g)
      return [value, shown, await endOf(first), await endOf(second)]
    },
    ['c', false, 'a', 'b'],
  ],
  [
    'priority × callsPerThread',
    'the higher one gets the free place',
    async (l) => {
      const running = [await l.shared.begun(t.holds.s('in')), await l.shared.begun(t.holds.s('in'))]
      const waiting = l.shared.apply(group(t.step.s('a'), t.step.s('b').set(high)))
      const first = l.shared.next('task-succeeded')
      running[0].revoke()
      const { value } = await first
      running[1].revoke()
      return [value, await endOf(waiting)]
    },
    ['b', ['a', 'b']],
  ],
  [
    'priority × maxQueue',
    'a full queue is full for all',
    (l) =>
      l.fresh({ maxQueue: 1 }, async (own) => {
        await own.begun(t.holds.s())
        own.apply(t.add.s(1, 1))
        return thrown(() => own.apply(t.add.s(1, 1).set(high)))
      }),
    'ERR_QUEUE_FULL',
  ],
  [
    'priority × batch',
    'strictly by priority, then in order',
    (l) =>
      l.lone.order(
        group(t.step.s('a'), t.step.s('b').set(high), t.step.s('c').set({ priority: 5 }), t.step.s('d').set(high)),
      ),
    ['b', 'd', 'c', 'a'],
  ],
  [
    'priority × replace',
    'a replacement has its own priority',
    async (l) => {
      const running = await l.lone.begun(t.holds.s('in'))
      const order = l.lone.order(group(t.replacedWith.s(high, 'step', 'a').set(high), t.step.s('b')))
      running.revoke()
      return (await order).slice(0, 2)
    },
    ['a', 'b'],
  ],
  [
    'priority × addToChord',
    'an added member has its own priority',
    async (l) => {
      const running = await l.lone.begun(t.holds.s('in'))
      const order = l.lone.order(group(t.grownWith.s(high, 'step', 'a').set(high), t.step.s('b')))
      running.revoke()
      return order
    },
    ['grew', 'a', 'b'],
  ],
  ['priority × ignore', 'an end without a value is decided when the order is'],
  [
    'priority × reject',
    'goes back before calls of lower priority',
    (l) => l.lone.order(group(t.stepRequeues.s(cells(), 'a').set(high), t.step.s('b'))),
    ['a', 'b'],
  ],
  ['priority × progress', 'what a call says while it runs does not depend on why it started'],
  [
    'priority × apply',
    'a child has its own priority',
    async (l) =>
      (await l.lone.order(group(t.appliedWith.s(high, 'step', 'a'), t.step.s('b'), t.step.s('c')))).slice(0, 1),
    ['a'],
  ],
  [
    'priority × handlers',
    'handlers belong to their run, and start with it',
    (l) => l.lone.said(group(t.handled.s('a'), t.handled.s('b').set(high))),
    [['before'], ['success', 'b'], ['after', 'SUCCESS'], ['before'], ['success', 'a'], ['after', 'SUCCESS']],
  ],
  ['priority × ignoreResult', 'what becomes of a value is decided after the order'],
  ['priority × resultTtl', 'what becomes of a result is decided after the order'],
  [
    'priority × events',
    'are sent in the order of the canvas, and started by priority',
    async (l) => {
      const told = await l.lone.told(['task-sent', 'task-started'], () =>
        l.lone.end(group(t.step.s('a'), t.identity.s('b').set(high))),
      )
      return told.map(({ type, taskName }) => `${type.slice(5)} ${taskName}`)
    },
    ['sent step', 'sent identity', 'started identity', 'started step'],
  ],
  [
    'priority × close',
    'drains by priority',
    (l) =>
      l.fresh({}, async (own) => {
        const running = await own.begun(t.holds.s('in'))
        const order: unknown[] = []
        own.runtime.on('task-succeeded', ({ value }) => order.push(value))
        own.apply(t.step.s('a'))
        own.apply(t.step.s('b').set(high))
        running.revoke()
        await own.runtime.close()
        return order
      }),
    ['b', 'a'],
  ],
]

const rates: readonly Cell[] = [
  [
    'rateLimit × concurrency',
    'both hold',
    (l) => {
      const c = cells()
      return l.spaced(group(t.ratedSingle.s(c), t.ratedSingle.s(c), t.ratedSingle.s(c)), 3)
    },
    [[1, 1, 1], 3, true],
  ],
  [
    'rateLimit × callsPerThread',
    'the limit is of the runtime, not of a thread',
    (l) => l.shared.spaced(group(t.rated.s('a'), t.rated.s('b'), t.rated.s('c')), 3),
    [['a', 'b', 'c'], 3, true],
  ],
  [
    'rateLimit × maxQueue',
    'a call that waits for its start is in the queue',
    (l) =>
      l.fresh({ threads: 2, maxQueue: 1 }, async (own) => {
        const given = [own.apply(t.rated.s('a')), own.apply(t.rated.s('b'))]
        const full = thrown(() => own.apply(t.rated.s('c')))
        return [full, await Promise.all(given.map(endOf))]
      }),
    ['ERR_QUEUE_FULL', ['a', 'b']],
  ],
  [
    'rateLimit × batch',
    'in order, one start after the other',
    (l) => l.lone.order(group(t.ratedStep.s('a'), t.ratedStep.s('b'), t.ratedStep.s('c'))),
    ['a', 'b', 'c'],
  ],
  [
    'rateLimit × replace',
    'a replacement takes a start of its own',
    (l) => l.spaced(t.ratedReplaced.s('a'), 2),
    ['a', 2, true],
  ],
  [
    'rateLimit × addToChord',
    'an added member takes a start of its own',
    (l) => l.spaced(group(t.ratedGrown.s('a')), 2),
    [['a', 'a'], 2, true],
  ],
  [
    'rateLimit × ignore',
    'an ignored run has taken its start',
    (l) => l.spaced(group(t.ratedIgnores.s(), t.ratedIgnores.s()), 2),
    ['ERR_IGNORED', 2, true],
  ],
  [
    'rateLimit × reject',
    'a run that goes back has taken its start',
    (l) => l.spaced(t.ratedRequeues.s(cells(), 3), 3),
    [0, 3, true],
  ],
  [
    'rateLimit × progress',
    'each says how far it is when it runs',
    // The second may be heard first: it starts 5 ms later, and on a thread that may be faster.
    async (l) => (await l.said(group(t.ratedSays.s(1), t.ratedSays.s(2)))).sort(),
    [1, 2],
  ],
  [
    'rateLimit × apply',
    'a child waits for its start while its parent is parked',
    (l) => l.lone.spaced(t.ratedApplied.s('a'), 2),
    ['a', 2, true],
  ],
  [
    'rateLimit × handlers',
    'run with their run, not before',
    (l) => l.said(t.ratedHandled.s('a')),
    [['before'], ['success', 'a'], ['after', 'SUCCESS']],
  ],
  [
    'rateLimit × ignoreResult',
    'holds for values that nobody needs',
    (l) => l.spaced(group(t.rated.s('a'), t.rated.s('b')).set({ ignoreResult: true }), 2),
    [['a', 'b'], 2, true],
  ],
  ['rateLimit × resultTtl', 'when a call starts does not change how long its result is kept'],
  [
    'rateLimit × events',
    'are started when the limit lets them',
    (l) => l.lone.story(group(t.rated.s('a'), t.rated.s('b')), ['task-sent', 'task-started']),
    ['sent rated', 'sent rated', 'started rated', 'started rated'],
  ],
  [
    'rateLimit × close',
    'drains at the rate',
    (l) => l.fresh({}, (own) => own.closed(own.apply(group(t.rated.s('a'), t.rated.s('b'))))),
    [['a', 'b'], { finished: 2, revoked: 0 }],
  ],
]

const places: readonly Cell[] = [
  [
    'concurrency × callsPerThread',
    'one at a time, though a thread has room',
    (l) => {
      const c = cells()
      return l.shared.end(group(t.one.s(c), t.one.s(c), t.one.s(c)))
    },
    [1, 1, 1],
  ],
  [
    'concurrency × maxQueue',
    'a call that waits for a place is in the queue',
    (l) =>
      l.fresh({ threads: 2, maxQueue: 1 }, async (own) => {
        await own.begun(t.oneHolds.s('in'))
        own.apply(t.oneHolds.s('x'))
        return thrown(() => own.apply(t.oneHolds.s('y')))
      }),
    'ERR_QUEUE_FULL',
  ],
  [
    'concurrency × batch',
    'in order, one after the other',
    (l) => l.order(group(t.oneStep.s('a'), t.oneStep.s('b'), t.oneStep.s('c'))),
    ['a', 'b', 'c'],
  ],
  ['concurrency × replace', 'a replaced call has given its place back', (l) => l.end(t.oneReplaced.s(cells())), 1],
  [
    'concurrency × addToChord',
    'an added member waits for the place',
    (l) => l.end(group(t.oneGrown.s(cells()), t.oneGrown.s(cells()))),
    [0, 0, 1, 1],
  ],
  [
    'concurrency × ignore',
    'gives the place back',
    async (l) => [await l.end(t.oneIgnores.s()), await l.end(t.oneFlaky.s('x', 0))],
    ['ERR_IGNORED', ['x', 0]],
  ],
  [
    'concurrency × reject',
    'gives the place back while it is in the queue',
    (l) => l.end(group(t.oneRequeues.s(cells(), 3), t.oneRequeues.s(cells(), 2))),
    [0, 0],
  ],
  [
    'concurrency × progress',
    'each says how far it is when it runs',
    (l) => l.said(group(t.oneSays.s(1), t.oneSays.s(2))),
    [1, 2],
  ],
  [
    'concurrency × apply',
    'a parked call keeps its place',
    (l) => l.end(group(t.oneApplied.s('x'), t.oneApplied.s('y'))),
    ['x', 'y'],
  ],
  [
    'concurrency × handlers',
    'run with their run, in its place',
    (l) => l.said(group(t.oneHandled.s('a'), t.oneHandled.s('b'))),
    [['before'], ['success', 'a'], ['after', 'SUCCESS'], ['before'], ['success', 'b'], ['after', 'SUCCESS']],
  ],
  ['concurrency × ignoreResult', 'how many run does not change what becomes of their values'],
  ['concurrency × resultTtl', 'how many run does not change how long their results are kept'],
  [
    'concurrency × events',
    'the second starts when the first has ended',
    (l) => l.story(group(t.oneSays.s('a'), t.oneSays.s('b')), ['task-started', 'task-succeeded']),
    ['started oneSays', 'succeeded oneSays', 'started oneSays', 'succeeded oneSays'],
  ],
  [
    'concurrency × close',
    'drains one after the other',
    (l) =>
      l.fresh({ threads: 2 }, (own) => {
        const c = cells()
        return own.closed(own.apply(group(t.one.s(c), t.one.s(c))))
      }),
    [[1, 1], { finished: 2, revoked: 0 }],
  ],

  [
    'callsPerThread × maxQueue',
    'counts what waits, not what runs side by side',
    (l) =>
      l.fresh({ callsPerThread: 2, maxQueue: 1 }, async (own) => {
        await own.begun(t.holds.s('in'))
        await own.begun(t.holds.s('in'))
        return [thrown(() => own.apply(t.add.s(1, 1))), thrown(() => own.apply(t.add.s(1, 1)))]
      }),
    ['accepted', 'ERR_QUEUE_FULL'],
  ],
  [
    'callsPerThread × batch',
    'leaves alone, and shares its thread all the same',
    async (l) => {
      const g = gate()
      const begun = [await l.shared.begun(t.stepGated.s(g, 'a')), await l.shared.begun(t.stepGated.s(g, 'b'))]
      open(g)
      return Promise.all(begun.map(endOf))
    },
    ['a', 'b'],
  ],
  [
    'callsPerThread × replace',
    'replacements side by side',
    (l) => l.shared.end(group(t.replaced.s('identity', 1), t.replaced.s('identity', 2))),
    [1, 2],
  ],
  [
    'callsPerThread × addToChord',
    'added members side by side',
    (l) => l.shared.end(group(t.grown.s('identity', 1))),
    ['grew', 1],
  ],
  [
    'callsPerThread × ignore',
    'the neighbour goes on',
    async (l) => {
      const g = gate()
      const neighbour = await l.shared.begun(t.gated.s(g, 'x'))
      const end = await l.shared.end(t.ignores.s())
      open(g)
      return [end, await endOf(neighbour)]
    },
    ['ERR_IGNORED', 'x'],
  ],
  [
    'callsPerThread × reject',
    'goes back while its neighbour runs',
    async (l) => {
      const g = gate()
      const neighbour = await l.shared.begun(t.gated.s(g, 'x'))
      const value = await l.shared.end(t.requeues.s(cells(), 2))
      open(g)
      return [value, await endOf(neighbour)]
    },
    [[2, 0], 'x'],
  ],
  [
    'callsPerThread × progress',
    'each says its own',
    async (l) => {
      const g = gate()
      const begun = [await l.shared.begun(t.gated.s(g, 'a')), await l.shared.begun(t.gated.s(g, 'b'))]
      const shown = begun.map(({ progress }) => progress)
      open(g)
      await Promise.all(begun.map(endOf))
      return shown
    },
    ['a', 'b'],
  ],
  [
    'callsPerThread × apply',
    'a parked call lends its place, not its neighbour',
    async (l) => {
      const g = gate()
      const neighbour = await l.shared.begun(t.gated.s(g, 'x'))
      const value = await l.shared.end(t.applied.s('applied', 'identity', 5))
      open(g)
      return [value, await endOf(neighbour)]
    },
    [5, 'x'],
  ],
  [
    'callsPerThread × handlers',
    'each with its own run',
    async (l) => (await l.shared.said(group(t.handled.s('a'), t.handled.s('b')))).length,
    6,
  ],
  ['callsPerThread × ignoreResult', 'how many share a thread does not change what becomes of their values'],
  ['callsPerThread × resultTtl', 'how many share a thread does not change how long their results are kept'],
  [
    'callsPerThread × events',
    'two starts before the first end',
    async (l) => {
      const g = gate()
      const told = await l.shared.told(['task-started', 'task-succeeded'], async () => {
        const begun = [await l.shared.begun(t.gated.s(g, 'a')), await l.shared.begun(t.gated.s(g, 'b'))]
        open(g)
        await Promise.all(begun.map(endOf))
      })
      return told.map(({ type }) => type)
    },
    ['task-started', 'task-started', 'task-succeeded', 'task-succeeded'],
  ],
  [
    'callsPerThread × close',
    'finishes both',
    (l) =>
      l.fresh({ callsPerThread: 2 }, async (own) => {
        const g = gate()
        const begun = [await own.begun(t.gated.s(g, 'a')), await own.begun(t.gated.s(g, 'b'))]
        const end = await own.closed(begun[0], { drain: false }, () => open(g))
        return [end, await endOf(begun[1])]
      }),
    [['a', { finished: 2, revoked: 0 }], 'b'],
  ],
]

const queues: readonly Cell[] = [
  [
    'maxQueue × batch',
    'counts calls that leave alone like others',
    (l) =>
      l.fresh({ maxQueue: 1 }, async (own) => {
        await own.begun(t.stepHolds.s('in'))
        return [thrown(() => own.apply(t.step.s('a'))), thrown(() => own.apply(t.step.s('b')))]
      }),
    ['accepted', 'ERR_QUEUE_FULL'],
  ],
  [
    'maxQueue × replace',
    'never refuses a replacement',
    (l) => l.fresh({ maxQueue: 0 }, (own) => own.end(t.replaced.s('identity', 5))),
    5,
  ],
  [
    'maxQueue × addToChord',
    'never refuses an added member',
    (l) => l.fresh({ maxQueue: 1 }, (own) => own.end(group(t.grown.s('identity', 5)))),
    ['grew', 5],
  ],
  [
    'maxQueue × ignore',
    'an ignored call is not in the queue',
    (l) => l.fresh({ maxQueue: 0 }, async (own) => [await own.end(t.ignores.s()), await own.end(t.add.s(1, 1))]),
    ['ERR_IGNORED', 2],
  ],
  [
    'maxQueue × reject',
    'never refuses what goes back',
    (l) => l.fresh({ maxQueue: 0 }, (own) => own.end(t.requeues.s(cells(), 3))),
    [3, 0],
  ],
  ['maxQueue × progress', 'what waits says nothing, and what says something runs'],
  [
    'maxQueue × apply',
    'never refuses a child',
    (l) => l.fresh({ maxQueue: 0 }, (own) => own.end(t.applied.s('applied', 'identity', 5))),
    5,
  ],
  ['maxQueue × handlers', 'one speaks of waiting calls, the others of running ones'],
  ['maxQueue × ignoreResult', 'one speaks of waiting calls, the other of ended ones'],
  [
    'maxQueue × resultTtl',
    'a kept result is not in the queue',
    (l) =>
      l.fresh({ maxQueue: 0, resultTtl: Infinity }, async (own) => [
        await own.end(t.add.s(1, 1)),
        await own.end(t.add.s(2, 2)),
      ]),
    [2, 4],
  ],
  [
    'maxQueue × events',
    'a refused application tells nothing',
    (l) =>
      l.fresh({ maxQueue: 0 }, async (own) => {
        const running = await own.begun(t.holds.s('in'))
        const told = await own.told(['task-sent', 'workflow-finished'], () => {
          thrown(() => own.apply(t.add.s(1, 1)))
          running.revoke()
        })
        return told.map(({ type }) => type)
      }),
    ['workflow-finished'],
  ],
  [
    'maxQueue × close',
    'drained() resolves when the runtime closes',
    (l) =>
      l.fresh({ maxQueue: 1 }, async (own) => {
        const running = await own.begun(t.holds.s('in'))
        const waiting = own.apply(t.add.s(1, 1))
        const drained = (own.runtime as any).drained()
        running.revoke()
        await own.closed(waiting, { drain: false })
        return drained
      }),
    undefined,
  ],

  [
    'batch × replace',
    'a replacement goes to the end of the queue',
    (l) => l.lone.order(group(t.stepReplaced.s('a'), t.step.s('b'))),
    ['b', 'a'],
  ],
  [
    'batch × addToChord',
    'an added member goes to the end of the queue',
    (l) => l.lone.order(group(t.stepGrown.s('a'), t.step.s('b'))),
    ['a', 'b', 'a'],
  ],
  [
    'batch × ignore',
    'the next one starts',
    async (l) => {
      const result = l.lone.apply(group(t.stepIgnores.s(), t.step.s('b')))
      return [await endOf(result), states(result)]
    },
    ['ERR_IGNORED', ['IGNORED', 'SUCCESS']],
  ],
  [
    'batch × reject',
    'goes to the end of the queue',
    (l) => l.lone.order(group(t.stepRequeues.s(cells(), 'a'), t.step.s('b'))),
    ['b', 'a'],
  ],
  [
    'batch × progress',
    'is said before the next one starts',
    async (l) => {
      const told = await l.lone.told(['task-started', 'task-progress'], () =>
        l.lone.end(group(t.stepSays.s('a'), t.step.s('b'))),
      )
      return told.map(({ type, taskName }) => `${type.slice(5)} ${taskName}`)
    },
    ['started stepSays', 'progress stepSays', 'started step'],
  ],
  [
    'batch × apply',
    'a parked call lets the next one start',
    (l) => l.lone.order(group(t.stepApplied.s('a'), t.step.s('b'))),
    ['b', 'a', 'a'],
  ],
  [
    'batch × handlers',
    'end before the next one starts',
    async (l) => {
      const told = await l.lone.told(['task-started', 'task-progress'], () =>
        l.lone.end(group(t.stepHandled.s('a'), t.step.s('b'))),
      )
      return told.map(({ type, taskName }) => `${type.slice(5)} ${taskName}`)
    },
    ['started stepHandled', 'progress stepHandled', 'progress stepHandled', 'progress stepHandled', 'started step'],
  ],
  ['batch × ignoreResult', 'how a call leaves does not change what becomes of its value'],
  ['batch × resultTtl', 'how a call leaves does not change how long its result is kept'],
  [
    'batch × events',
    'one ends before the next one starts',
    (l) => l.lone.story(group(t.step.s('a'), t.step.s('b')), ['task-started', 'task-succeeded']),
    ['started step', 'succeeded step', 'started step', 'succeeded step'],
  ],
  [
    'batch × close',
    'drains in order',
    (l) =>
      l.fresh({}, async (own) => {
        const order: unknown[] = []
        own.runtime.on('task-succeeded', ({ value }) => order.push(value))
        own.apply(group(t.step.s('a'), t.step.s('b'), t.step.s('c')))
        await own.runtime.close()
        return order
      }),
    ['a', 'b', 'c'],
  ],
]

export const order: readonly Cell[] = [...priorities, ...rates, ...places, ...queues]
