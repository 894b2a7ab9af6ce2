/**
 * Runs the production scheduler under seeded chance, outside of the tests: to replay a seed, or to go on for hours.
 *
 * npm run sim -- --seed 7                 one episode, with its whole story
 * npm run sim -- --seed 7 --steps 1e8     episodes 7, 8 … until so much has happened; prints the seed to continue with
 *
 * `--threads` is how many threads share the work, one for each core if nothing is said: the trace is the same however many there are.
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { compileSimulator } from './compiled.mjs'

/** Seeds that a thread is given at one time. */
const EPISODES = 100
/** A line is printed after so many steps. */
const LINE_STEPS = 100_000

if (isMainThread) main()
else await serve(workerData)

/** A thread: runs what it is given, and says what came of it. */
async function serve(folder) {
  const { simulate } = await import(new URL('test/simulator/simulate.js', folder))
  parentPort.on('message', (seed) => {
    try {
      parentPort.postMessage({ seed, ...simulate(seed, EPISODES) })
    } catch (error) {
      parentPort.postMessage({ seed, violation: error.message })
    }
  })
}

function main() {
  const options = { seed: { type: 'string', default: '1' }, steps: { type: 'string' }, threads: { type: 'string' } }
  const { values: flags } = parseArgs({ options })
  const seed = wholeNumber('seed', flags.seed)
  const folder = compileSimulator()
  if (flags.steps === undefined) return tellStory(folder, seed)
  const threads = flags.threads === undefined ? availableParallelism() : wholeNumber('threads', flags.threads)
  return runOn(folder, seed, wholeNumber('steps', flags.steps), Math.max(threads, 1))
}

function wholeNumber(name, text) {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= 0) return number
  console.error(`--${name} must be a whole number from 0, and is ${text}`)
  return process.exit(2)
}

async function tellStory(folder, seed) {
  const { Episode } = await import(new URL('test/simulator/episode.js', folder))
  const { production } = await import(new URL('test/simulator/machine.js', folder))
  const { story } = complainIfBroken(() => new Episode(production, seed, true).run())
  console.log(`${story.text()}\nno violation, trace ${story.hash}`)
}

function complainIfBroken(work) {
  try {
    return work()
  } catch (error) {
    console.error(error.message)
    return process.exit(1)
  }
}

/** Threads take blocks of seeds as they come; what came of them counts in the order of the seeds. */
async function runOn(folder, seed, steps, threads) {
  const { foldedIn } = await import(new URL('test/simulator/simulate.js', folder))
  const started = performance.now()
  const done = new Map()
  let [given, next, total, hash, printed] = [seed, seed, 0, '1', 0]
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL(import.meta.url), { workerData: folder.href }),
  )
  const give = (worker) => {
    worker.postMessage(given)
    given += EPISODES
  }
  const finish = (code) => {
    for (const worker of workers) worker.terminate()
    process.exitCode = code
  }
  const take = (worker, block) => {
    if (process.exitCode !== undefined) return
    if (block.violation !== undefined) {
      console.error(block.violation)
      return finish(1)
    }
    done.set(block.seed, block)
    for (let first = done.get(next); first !== undefined && total < steps; first = done.get(next)) {
      total += first.steps
      hash = foldedIn(hash, first.hash)
      done.delete(next)
      next += EPISODES
    }
    const isOver = total >= steps
    if (isOver || total >= printed + LINE_STEPS) {
      printed = total
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      const what = `${total} steps in ${next - seed} episodes on ${threads} threads, ${seconds} s, no violation`
      console.log(`${what}; continue with --seed ${next} (trace ${hash})`)
    }
    return isOver ? finish(0) : give(worker)
  }
  for (const worker of workers) {
    worker.on('message', (block) => take(worker, block))
    worker.on('error', (error) => {
      console.error(error)
      finish(1)
    })
    give(worker)
  }
}
