/**
 * The frame of a bench file: one question, answered by rows for the table and by figures that have a target. Alone it prints its table; under
 * `run.mjs` it hands its answer to the parent. `--quick` asks for few rounds and small sizes: enough to see that it works, too little to quote.
 */
import { WATCHED } from './field.mjs'
import { inSubprocess, printAnswer } from './report.mjs'
import { playRounds, REFERENCE } from './rounds.mjs'
import { summary } from './statistics.mjs'

const ROUNDS = 5
const quick = process.argv.includes('--quick')

/**
 * @param name - The file's.
 * @param asks - The question, in words.
 * @param answer - Measures, by means of an {@link Asking}.
 */
export async function question(name, asks, answer) {
  const asking = new Asking()
  const started = performance.now()
  await answer(asking)
  await asking.close()
  const seconds = (performance.now() - started) / 1_000
  const { rows, figures, notes } = asking
  const done = { name, asks, rows, figures, notes, seconds, quick, node: process.version, date: today() }
  if (inSubprocess) await new Promise((resolve) => process.send(done, resolve))
  else printAnswer(done)
  process.exit()
}

const today = () => new Date().toISOString().slice(0, 10)

class Asking {
  quick = quick
  rows = []
  figures = []
  notes = []
  #open = []

  /** `full`, or `small` where it must be quick. */
  size(full, small = full / 10) {
    return quick ? small : full
  }

  /** Closes it when the question is answered. */
  async use(opening) {
    const opened = await opening
    this.#open.push(opened)
    return opened
  }

  /**
   * Rounds of several contenders with the same work, each a row.
   *
   * @param options.tasks - How many tasks one run is; a contender that does another number is `{ tasks, run }`.
   * @param options.iterations - Runs a round; of more than one, the median counts, and p99 is told too.
   * @param options.hasCpu - Whether this process does the work, and so knows its CPU time.
   * @param options.isWatchedTarget - Whether its watched contenders count for the target of those.
   * @param options.isRight - Looks at what a run gave. Default: anything is right.
   */
  async compare(
    workload,
    { tasks, isRight = () => true, rounds = ROUNDS, iterations = 1, hasCpu = true, isWatchedTarget = true },
    contenders,
  ) {
    const entries = Object.entries(contenders).map(([name, given]) => [
      name,
      { tasks, isRight, ...(typeof given === 'function' ? { run: given } : given) },
    ])
    const comparison = await playRounds(Object.fromEntries(entries), { rounds: quick ? 2 : rounds, iterations })
    for (const contender of comparison.names)
      this.rows.push(rowOf(workload, contender, comparison, { isLatency: iterations > 1, hasCpu }))
    if (isWatchedTarget) this.#compareWatched(workload, comparison)
    return comparison
  }

  /** A row that is no time, such as a count. */
  fact(workload, contender, values, unit) {
    this.rows.push({ workload, contender, value: summary([values].flat()), unit })
  }

  /** A measured value of something that has a target, see targets.mjs. */
  figure(target, measured, of) {
    this.figures.push({ target, of, ...measured })
  }

  note(text) {
    this.notes.push(text)
  }

  async close() {
    for (const opened of this.#open) await opened.close()
  }

  #compareWatched(workload, comparison) {
    for (const watched of comparison.names.filter((name) => name.endsWith(WATCHED))) {
      const unwatched = watched.slice(0, -WATCHED.length)
      this.figure('watched', comparison.speed(watched, unwatched), `${workload}: ${unwatched}`)
    }
  }
}

function rowOf(workload, contender, comparison, { isLatency, hasCpu }) {
  return {
    workload,
    contender,
    tasks: comparison.tasks(contender),
    value: summary(comparison.rounds(contender)),
    unit: isLatency ? 'µs a task, p50' : 'µs a task',
    ...(isLatency && { p99: summary(comparison.rounds(contender, 'p99')) }),
    ...(hasCpu && { cpu: summary(comparison.rounds(contender, 'cpu')) }),
    ...(comparison.has(REFERENCE) && { ratio: comparison.speed(contender) }),
  }
}
