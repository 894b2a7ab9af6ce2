/**
 * What the contract has and celeriac has not yet, by feature. A feature that arrives takes its entry away: the tests fail for a piece
 * that the program no longer has or no longer needs to be spared, and for a message that has become right.
 */

export interface Later {
  /** Texts that occur once in `use.ts`, and what stands in their place until then, so that what is around them is still checked. */
  readonly pieces: readonly (readonly [text: string, instead: string])[]
  /** Wrong programs, by title, whose message is not yet the contract's: it would name what is missing. */
  readonly messages?: readonly string[]
}

export const LATER: Readonly<Record<string, Later>> = {
  retry: {
    pieces: [
      [' if (this.retries < 3) this.retry();', ''],
      ['maxRetries: 3, retryBackoff: true, ', ''],
      [" retryFor: [RangeError, 'ValueError'],", ''],
      [' is<number>()(this.retries)', ''],
      ['currentTask().retries', 'currentTask().id.length'],
    ],
  },
  limits: {
    pieces: [
      [', TimeLimitError,', ','],
      ['timeLimit: 30_000,', ''],
      ["  if (e instanceof TimeLimitError) is<'ERR_TIME_LIMIT'>()(e.code)\n", ''],
    ],
  },
  rateLimit: { pieces: [], messages: ['rate limit'] },
  signal: {
    pieces: [
      [' this.signal.throwIfAborted();', ''],
      [' signal: AbortSignal.timeout(5)', ''],
    ],
  },
  revoke: {
    pieces: [
      ['ChordError, TaskRevokedError', 'ChordError'],
      [' if (e instanceof TaskRevokedError) e.terminated', ''],
    ],
  },
  progress: {
    pieces: [
      ['bound(x: number) { this.progress(0.5);', 'bound(x: number) {'],
      ['\n    this.progress(0.5);', '\n   '],
    ],
  },
  handlers: {
    pieces: [
      ['onSuccess(v, args) { this.progress(args.length); void v },', ''],
      [" afterReturn(end) { if (end.state === 'SUCCESS') end.value; else end.error.message },", ''],
    ],
  },
  priority: {
    pieces: [
      ['.set({ priority: 3 })', '.set({ headers: { priority: 3 } })'],
      ['o?: { priority: number }', 'o?: { taskId: string }'],
      ['runtime.run(add.s(1, 1), { priority: 9,', 'runtime.run(add.s(1, 1), {'],
      ['mul.s(2).set({ priority: 9,', 'mul.s(2).set({'],
      ['c.set({ priority: 1 })', "c.set({ taskId: 'x' })"],
    ],
    messages: ['run: options without the missing arguments'],
  },
  countdown: { pieces: [[' countdown: 10,', '']] },
  failFast: { pieces: [['.set({ failFast: true })', '.set({ headers: { failFast: true } })']] },
  stamps: { pieces: [['.stamp({ tenant: 1 })', '']] },
  skew: { pieces: [['.skew(0, 5)', '']] },
  streaming: {
    pieces: [
      ["  for await (const n of runtime.map(size, ['a', 'b'])) is<number>()(n)\n", ''],
      [
        '  for await (const n of runtime.map(mul.s(2), (async function* () { yield 1 })(), { window: 10, ordered: false })) is<number>()(n)\n',
        '',
      ],
      ['  for await (const n of runtime.starmap(add, [[1, 2], [3, 4]])) is<number>()(n)\n', ''],
      ['  for await (const s of runtime.map(opt.with({ verbose: true }), [1, 2])) is<string>()(s)\n', ''],
      ['  for await (const s of runtime.map(opt, [1, 2])) is<string>()(s)\n', ''],
    ],
    messages: ['stream: item type', 'stream: more than one argument', 'stream: tuples'],
  },
  replace: {
    pieces: [
      ['this.replace(chain(fact.s(n - 1), mul.s(n)))', '(chain(fact.s(n - 1), mul.s(n)), n)'],
      [
        'this.replace(chord([fib.s(n - 1), fib.s(n - 2)], tsum.s()))',
        '(chord([fib.s(n - 1), fib.s(n - 2)], tsum.s()), n)',
      ],
    ],
    messages: ['replace: the value does not fit the return type', 'replace: arguments missing'],
  },
  'apply inside a task': { pieces: [['this.apply(add.s(n, 1))', 'runtime.apply(add.s(n, 1))']] },
  addToChord: { pieces: [[' this.addToChord(add.s(1, 1));', '']] },
  transfer: {
    pieces: [
      ['tasksFrom, transfer,', 'tasksFrom,'],
      ['transfer(big, [big.buffer])', 'big'],
    ],
  },
  schedule: {
    pieces: [
      [
        "runtime.schedule({ name: 'nightly', canvas: add.s(1, 1), cron: '0 3 * * *', overlap: 'queue' }).pause(); runtime.schedule({ name: 'often', canvas: c1, every: 1_000 })",
        '',
      ],
    ],
    messages: ['schedule: every or cron, not both', 'schedule: incomplete canvas'],
  },
  'all events': { pieces: [], messages: ['unknown event'] },
  'celeriac/testing': { pieces: [], messages: ['a mock yields what the task yields', 'the executor is given'] },
  'celeriac/visualize': { pieces: [], messages: ['not drawable'] },
}
