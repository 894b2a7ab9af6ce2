/** The table of faults, held: each provocation in a process of its own, two at a time, and each test that a row names looked up. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { faultsIn } from './judge.mjs'
import { observe } from './observe.mjs'
import { type Row, table } from './table.mjs'

const SIDE_BY_SIDE = 2
/** All of the table is waited for by its last test. */
const MOST_MS = 300_000

const root = new URL('../../', import.meta.url)
const textOf = (file: string): string => {
  const url = new URL(file, root)
  return existsSync(url) ? readFileSync(fileURLToPath(url), 'utf8') : ''
}

const provoked = table.filter(
  (row) => row.provoke && !row.notApplicable && (!row.linux || process.platform === 'linux'),
)
const observations = new Map<string, PromiseWithResolversLike>()
for (const { id } of provoked) observations.set(id, withResolvers())

interface PromiseWithResolversLike {
  readonly promise: ReturnType<typeof observe>
  readonly settle: (observation: ReturnType<typeof observe>) => void
}
function withResolvers(): PromiseWithResolversLike {
  let settle: PromiseWithResolversLike['settle'] = () => undefined
  const promise = new Promise<Awaited<ReturnType<typeof observe>>>((resolve) => {
    settle = resolve
  })
  return { promise, settle }
}

/** Takes one row after the other, until none is left. */
async function observeSome(rows: Iterator<Row>): Promise<void> {
  for (let next = rows.next(); !next.done; next = rows.next()) {
    const observation = observe(next.value, 'celeriac')
    observations.get(next.value.id)?.settle(observation)
    await observation.catch(() => undefined) // told by the test that waits for it
  }
}
const rows = provoked.values()
for (let i = 0; i < SIDE_BY_SIDE; i++) void observeSome(rows)

describe('a runtime in the face of', () => {
  for (const row of provoked)
    (row.open === undefined ? it : it.fails)(
      `${row.id}: ${row.fault}`,
      async () => {
        const { seen, errors } = await observations.get(row.id)!.promise
        expect({ seen, wrong: faultsIn(row, 'celeriac', seen), errors }).toMatchObject({ wrong: [] })
      },
      MOST_MS,
    )
})

describe('the table', () => {
  it('has 128 rows, each once', () => {
    expect(table.length).toBe(128)
    expect(new Set(table.map(({ id }) => id)).size).toBe(128)
  })

  it('leaves out at most twelve, each for a reason', () => {
    expect(table.filter(({ notApplicable }) => notApplicable !== undefined).length).toBeLessThanOrEqual(12)
  })

  it('checks every row that applies, by a provocation or by tests', () => {
    const unchecked = table.filter((row) => !row.notApplicable && !row.provoke && !row.tests?.length && !row.open)
    expect(unchecked.map(({ id }) => id)).toEqual([])
  })

  it('names tests that exist', () => {
    const missing = table.flatMap(({ id, tests = [] }) =>
      tests.filter(([file, name]) => !textOf(file).includes(name)).map((test) => [id, ...test]),
    )
    expect(missing).toEqual([])
  })

  it('names pages that say so', () => {
    const missing = table.filter(({ documented: page }) => page && !textOf(page.file).includes(page.text))
    expect(missing.map(({ id }) => id)).toEqual([])
  })
})
