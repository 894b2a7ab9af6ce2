/** Cells of the table: handlers, what becomes of results, events and closing, with each other. */
import type { Cell } from './features.js'
import { endOf, gate, open } from './lab.js'
import { tasks as t } from './tasks.js'
import { chain } from './untyped.js'

export const afterwards: readonly Cell[] = [
  [
    'handlers × ignoreResult',
    'see the value that is forgotten afterwards',
    async (l) => {
      let end: unknown = 'none'
      const told = await l.told(['task-progress'], async () => {
        end = await l.end(t.handled.s('ok'), { ignoreResult: true })
      })
      return [told[1].value, end]
    },
    [['success', 'ok'], undefined],
  ],
  ['handlers × resultTtl', 'handlers run before there is a result to keep'],
  [
    'handlers × events',
    'what they say comes before the end of their run',
    (l) => l.story(t.handled.s('ok'), ['task-started', 'task-progress', 'task-succeeded']),
    ['started handled', 'progress handled', 'progress handled', 'progress handled', 'succeeded handled'],
  ],
  [
    'handlers × close',
    'run to their end',
    (l) =>
      l.fresh({}, async (own) => {
        const told: unknown[] = []
        own.runtime.on('task-progress', ({ value }) => told.push(value))
        await own.closed(own.apply(t.handled.s('ok')), { drain: true })
        return told
      }),
    [['before'], ['success', 'ok'], ['after', 'SUCCESS']],
  ],

  [
    'ignoreResult × resultTtl',
    'keeps that it succeeded, not with what',
    async (l) => {
      const { id } = l.kept.apply(t.identity.s(5), { ignoreResult: true })
      await l.kept.runtime.idle()
      return [l.kept.runtime.result(id)?.state, await l.kept.runtime.result(id)?.get()]
    },
    ['SUCCESS', undefined],
  ],
  [
    'ignoreResult × events',
    'the event has the value',
    async (l) =>
      (await l.told(['task-succeeded'], () => l.end(t.identity.s(5), { ignoreResult: true }))).map(
        ({ value }) => value,
      ),
    [5],
  ],
  [
    'ignoreResult × close',
    'is finished like others',
    (l) => l.fresh({}, (own) => own.closed(own.apply(chain(t.identity.s(5), t.add.s(1)).set({ ignoreResult: true })))),
    [undefined, { finished: 2, revoked: 0 }],
  ],

  [
    'resultTtl × events',
    'forgetting tells nobody, and cannot be undone',
    async (l) => {
      const told = await l.kept.told(['task-succeeded', 'workflow-finished', 'warning'], async () => {
        const result = l.kept.apply(t.identity.s(5))
        await endOf(result)
        result.forget()
      })
      return told.map(({ type }) => type)
    },
    ['task-succeeded', 'workflow-finished'],
  ],
  [
    'resultTtl × close',
    'is found in a closed runtime',
    (l) =>
      l.fresh({ resultTtl: Infinity }, async (own) => {
        const { id } = own.apply(t.identity.s(5))
        await own.runtime.close()
        return await own.runtime.result(id)?.get()
      }),
    5,
  ],

  [
    'events × close',
    'tell the end of what was closed, and of its workflow',
    (l) =>
      l.fresh({}, async (own) => {
        const g = gate()
        const told: string[] = []
        for (const type of ['task-succeeded', 'task-revoked', 'workflow-finished'] as const)
          own.runtime.on(type, (event) => told.push(`${event.type} ${'state' in event ? event.state : event.taskName}`))
        const running = await own.begun(t.gated.s(g, 'x'))
        own.apply(t.add.s(1, 1))
        await own.closed(running, { drain: false }, () => open(g))
        return told
      }),
    ['task-revoked add', 'workflow-finished REVOKED', 'task-succeeded gated', 'workflow-finished SUCCESS'],
  ],
]
