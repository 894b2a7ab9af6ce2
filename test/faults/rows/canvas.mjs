/** Section E: faults of a canvas. Pools have nothing of the kind, so what is told here is told of celeriac alone. */
import { setTimeout as wait } from 'node:timers/promises'
import { chain, chord, group } from 'celeriac'

const SIMULATOR = ['test/simulator/simulator.test.ts', 'does the same from the same seed']
const LOST = 'fails with WorkerLostError (ERR_WORKER_LOST, exit)'
const CLOSED = 'fails with ClosedError (ERR_CLOSED)'
const done = (promise) => Promise.resolve(promise).then(() => 42)

export const canvas = [
  {
    id: 'E1',
    fault: 'A member of a header fails',
    must: 'the others run, the body does not; a ChordError names the first failure; errbacks run once',
    tests: [
      [
        'test/unit/scheduler/chord.test.ts',
        'fails the body with a ChordError that names the member and has its error as the cause',
      ],
      ['test/unit/scheduler/chord.test.ts', 'names the first failed member in header order, not in time'],
      [
        'test/unit/scheduler/chord.test.ts',
        'runs the errbacks of the chord and of the body, each once, with the ChordError of the body',
      ],
      ['test/unit/scheduler/order.test.ts', 'never leaves when a member failed, and the others still run to their end'],
    ],
  },
  {
    id: 'E2',
    fault: 'Two members of a header end in one moment',
    must: 'the body runs once',
    tests: [
      ['test/unit/scheduler/order.test.ts', 'leaves once, when the last member of the header is final'],
      SIMULATOR,
    ],
  },
  {
    id: 'E3',
    fault: 'One end of a call is told twice',
    must: 'it counts once',
    tests: [
      ['test/unit/scheduler/terminal.test.ts', 'that comes a second time changes nothing'],
      ['test/simulator/mutants.ts', 'has no fence against late outcomes'],
    ],
  },
  {
    id: 'E4',
    fault: 'An end comes late, after a limit, a loss or a retry',
    must: 'ignored, and counted',
    tests: [
      ['test/unit/scheduler/terminal.test.ts', 'that comes after the thread was lost changes nothing'],
      [
        'test/unit/scheduler/revoke.test.ts',
        'while it runs is revoked at once, is told, and what it returns is dropped',
      ],
    ],
  },
  {
    id: 'E5',
    fault: 'An empty group, an empty header',
    must: 'an empty list; the body gets it',
    tests: [
      ['test/unit/scheduler/values.test.ts', 'is always a list: of none, of one, of a group'],
      ['test/unit/scheduler/values.test.ts', 'of an empty header hands an empty list to its body'],
    ],
  },
  {
    id: 'E6',
    fault: 'An errback throws, or kills its thread',
    must: 'what it hangs on is as it was; nothing loops',
    onlyOurs: true,
    async provoke(lab) {
      const { runtime, tasks } = await lab.openWarm({ threads: 1 })
      const failing = tasks.throwError.si().linkError(tasks.throwText.si()).linkError(tasks.die.si())
      await lab.watch('call', runtime.run(failing))
      await lab.watch('all ended', done(runtime.idle()))
      await lab.watch('next', runtime.run(tasks.answer.si()))
      lab.say('threads lost', `${runtime.metrics().workersLost}`)
    },
    needs: { call: 'fails with Error: plain', 'all ended': 'finishes', next: 'finishes', 'threads lost': '1' },
    tests: [['test/unit/scheduler/callbacks.test.ts', 'that fail leave what they hang on as it is']],
  },
  {
    id: 'E7',
    fault: 'A callback that cannot be sent',
    must: 'refused before anything runs',
    tests: [['test/conformance/suite.ts', 'a function in a callback']],
  },
  {
    id: 'E8',
    fault: 'A task replaces itself by a call of itself, without end',
    must: 'there is a bound',
    onlyOurs: true,
    args: ['--max-old-space-size=512'],
    deadline: 60_000,
    patience: 20_000,
    async provoke(lab) {
      const { runtime, tasks } = await lab.openWarm({ threads: 1 })
      await lab.watch('2,000 times', runtime.run(tasks.replaceItself.si(2_000)))
      const endless = runtime.run(tasks.replaceItself.si(Number.POSITIVE_INFINITY))
      await lab.watch('without end', endless, 20_000)
      await lab.watch('next', runtime.run(tasks.answer.si()))
    },
    needs: {
      '2,000 times': 'finishes',
      'without end': 'fails with InvalidCanvasError (ERR_INVALID_CANVAS)',
      next: 'finishes',
    },
  },
  {
    id: 'E9',
    fault: 'A member of a header is retried',
    must: 'the body waits; the failed run does not count',
    tests: [['test/conformance/life.ts', 'waits for a retry in a header']],
  },
  {
    id: 'E10',
    fault: 'A call before a chord is revoked',
    must: 'nothing stays pending',
    tests: [
      [
        'test/unit/scheduler/revoke.test.ts',
        'runs neither its errbacks nor those of its chain, and the steps behind it are revoked',
      ],
      [
        'test/unit/scheduler/revoke.test.ts',
        'as a header member makes the chord fail with a ChordError, whose errbacks run',
      ],
    ],
  },
  {
    id: 'E11',
    fault: 'The thread dies that runs a body',
    must: 'the body fails, or runs again if it may; callbacks run once',
    onlyOurs: true,
    async provoke(lab) {
      const { runtime, tasks } = await lab.openWarm({ threads: 2 })
      const header = [tasks.answer.si(), tasks.answer.si()]
      let callbacks = 0
      runtime.on('task-succeeded', ({ taskName }) => {
        if (taskName === 'echo') callbacks++
      })
      await lab.watch('body', runtime.run(chord(header, tasks.die.si().link(tasks.echo.s()))))
      const cells = new Int32Array(new SharedArrayBuffer(4))
      await lab.watch(
        'body that may run again',
        runtime.run(chord(header, tasks.requeuedOnce.si(cells).link(tasks.echo.s()))),
      )
      await runtime.idle()
      lab.say('callbacks', `${callbacks}`)
    },
    needs: { body: LOST, 'body that may run again': 'finishes', callbacks: '1' },
  },
  {
    id: 'E12',
    fault: 'A canvas from data that contains itself',
    must: 'refused, with the place',
    tests: [
      ['test/unit/canvas/json-refusals.test.ts', 'a canvas that contains itself'],
      ['test/unit/canvas/json-refusals.test.ts', 'data that contains itself'],
    ],
  },
  {
    id: 'E13',
    fault: 'One signature is used twice',
    must: 'two calls, with an id each',
    onlyOurs: true,
    async provoke(lab) {
      const { runtime, tasks } = await lab.openWarm({ threads: 2 })
      const twice = tasks.answer.si()
      const result = runtime.apply(group(twice, twice, chain(twice, tasks.echo.s())))
      await lab.watch(
        'values',
        result.get().then((values) => (String(values) === '42,42,42' ? 42 : values)),
      )
      const ids = new Set(result.results.map(({ id }) => id))
      lab.say('ids', `${ids.size}`)
      lab.say('frozen', String(Object.isFrozen(twice)))
    },
    needs: { values: 'finishes', ids: '3', frozen: 'true' },
  },
  {
    id: 'E14',
    fault: 'Shutdown in the midst of a workflow',
    must: 'every call becomes final; who waits is told',
    onlyOurs: true,
    async provoke(lab) {
      const { runtime, tasks } = await lab.openWarm({ threads: 1 })
      const cut = runtime.apply(
        chain(chord([tasks.later.si(100), tasks.never.si()], tasks.answer.si()), tasks.echo.s()),
      )
      const told = lab.watch('workflow', cut.get())
      await wait(50)
      runtime.destroy()
      await told
      const states = [cut, cut.parent, ...(cut.parent.parent.results ?? [])].map(({ state }) => state)
      lab.say('states', [...new Set(states)].join(', '))
    },
    needs: { workflow: CLOSED, states: /^(REVOKED|FAILURE)(, (REVOKED|FAILURE))*$/ },
    threadsGo: true,
  },
  {
    id: 'E15',
    fault: 'Everybody lets go of a result',
    must: 'it is collected as garbage',
    tests: [['test/integration/memory.test.ts', 'is let go: %s']],
  },
  {
    id: 'E16',
    fault: 'A workflow fails and nobody looks',
    must: 'told once, by an event; never an unhandled rejection',
    onlyOurs: true,
    async provoke(lab) {
      const { runtime, tasks } = await lab.openWarm({ threads: 1 })
      const told = []
      runtime.on('workflow-finished', ({ state }) => told.push(state))
      runtime.apply(chain(tasks.throwError.si(), tasks.echo.s()))
      await runtime.idle()
      await wait(20)
      lab.say('told', told.join(', '))
      await lab.watch('next', runtime.run(tasks.answer.si()))
    },
    needs: { told: 'FAILURE', next: 'finishes' },
    tests: [['test/integration/process.test.ts', 'survives a failure that nobody asks for (%s)']],
  },
  {
    id: 'E17',
    fault: 'BullMQ: a job that stalled runs twice',
    must: 'the same fence, in the store',
    notApplicable: 'celeriac runs in one process; there is no BullMQ executor to run',
  },
  {
    id: 'E18',
    fault: 'BullMQ: a parent waits for a child that failed',
    must: 'set for each kind of canvas',
    notApplicable: 'celeriac runs in one process; there is no BullMQ executor to run',
  },
]
