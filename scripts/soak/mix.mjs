/** One round of the soak: canvases of every kind side by side, some of which fail, each of which must end as it should. */
import { strictEqual } from 'node:assert/strict'
import { chain, chord, group } from 'celeriac'
import { add, falter, flaky, sum } from './tasks.mjs'

/** So that one task in a hundred fails, wherever it runs. */
const numbers = (count) => Array.from({ length: count }, (_, i) => i + 1)
const WIDE = numbers(4_000).map((x) => [x])
const SOME = numbers(200)
const FEW = numbers(20)

/** How many of a group have failed, the others being as they should. */
async function failuresIn(result, expected) {
  const values = await result.get({ propagate: false })
  const failed = values.filter((value) => value instanceof Error)
  strictEqual(failed.length, expected)
  strictEqual(values.length - failed.length, values.filter((value) => typeof value === 'number').length)
}

/** What an end that is a failure must be. */
async function fails(work, name) {
  const error = await work.then(
    (value) => value,
    (thrown) => thrown,
  )
  strictEqual(error?.name, name)
}

/**
 * @param runtime - Runs all of it.
 * @param signal - One signal for many applications: none may stay with it.
 */
export async function runRound(runtime, signal) {
  await Promise.all([
    failuresIn(runtime.apply(falter.each(WIDE)), WIDE.length / 100),
    failuresIn(runtime.apply(group(SOME.map((x) => falter.s(x)))), SOME.length / 100),
    ...FEW.map(async (x) => strictEqual(await runtime.run(chain(add.s(x, 1), add.s(1), add.s(1), add.s(1))), x + 4)),
    ...FEW.map(async () =>
      strictEqual(
        await runtime.run(
          chord(
            FEW.map((x) => falter.s(x)),
            sum.s(),
          ),
          { signal },
        ),
        210,
      ),
    ),
    fails(runtime.run(chord([falter.s(1), falter.s(100)], sum.s()).linkError(add.si(1, 1))), 'RangeError'),
    fails(runtime.run(chain(falter.s(100), add.s(1), add.s(1)), { signal }), 'RangeError'),
    runtime.run(falter.map(numbers(99))).then((values) => strictEqual(values.length, 99)),
    runtime.run(add.starmap(SOME.map((x) => [x, 1]))).then((values) => strictEqual(values.at(-1), 201)),
    runtime
      .run(
        add.chunks(
          SOME.map((x) => [x, 1]),
          10,
        ),
      )
      .then((chunks) => strictEqual(chunks.flat().length, 200)),
    ...FEW.map((x) =>
      runtime.run(
        add
          .s(x, 1)
          .link(add.s(1))
          .link(sum.si([1, 2])),
      ),
    ),
    runtime.run(flaky.s(5)).then((value) => strictEqual(value, 5)),
    fails(runtime.run(add.s(1, 1), { countdown: 60_000, expires: 0 }), 'TaskExpiredError'),
    revoked(runtime),
  ])
}

/** Work that is taken back before it starts. */
async function revoked(runtime) {
  const result = runtime.apply(group(add.s(1, 1), add.s(2, 2)), { countdown: 60_000 })
  result.revoke()
  await fails(result.get(), 'TaskRevokedError')
}
