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
  stamps: { pieces: [['.stamp({ tenant: 1 })', '']] },
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
  'celeriac/visualize': { pieces: [], messages: ['not drawable'] },
}
