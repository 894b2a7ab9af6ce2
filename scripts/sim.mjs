/**
 * Runs the production scheduler under seeded chance, outside of the tests: to replay a seed that a test has printed, or to go on for hours.
 *
 * node scripts/sim.mjs --seed 7                 one episode, with its whole story
 * node scripts/sim.mjs --seed 7 --steps 1e8     episodes 7, 8 … until so much has happened; prints the seed to continue with
 */
import { parseArgs } from 'node:util'
import { register } from 'tsx/esm/api'

register()
const { Episode } = await import('../test/simulator/episode.ts')
const { production } = await import('../test/simulator/machine.ts')
const { simulate } = await import('../test/simulator/simulate.ts')

const { values: flags } = parseArgs({ options: { seed: { type: 'string', default: '1' }, steps: { type: 'string' } } })
const seed = wholeNumber('seed', flags.seed)
if (flags.steps === undefined) tellStory()
else runOn(wholeNumber('steps', flags.steps))

function wholeNumber(name, text) {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= 0) return number
  console.error(`--${name} must be a whole number from 0, and is ${text}`)
  return process.exit(2)
}

function tellStory() {
  const episode = new Episode(production, seed)
  complainIfBroken(() => episode.run())
  console.log(`${episode.story.text()}\nno violation, trace ${episode.story.hash}`)
}

/** In parts, so that one sees that something happens. */
function runOn(steps) {
  const started = performance.now()
  let [done, episodes, next] = [0, 0, seed]
  while (done < steps) {
    const part = complainIfBroken(() => simulate(next, Math.min(steps - done, 100_000)))
    done += part.steps
    episodes += part.episodes
    next = part.nextSeed
    const seconds = (performance.now() - started) / 1000
    console.log(
      `${done} steps in ${episodes} episodes, ${seconds.toFixed(1)} s, no violation; continue with --seed ${next} (trace ${part.hash})`,
    )
  }
}

function complainIfBroken(work) {
  try {
    return work()
  } catch (error) {
    console.error(error.message)
    return process.exit(1)
  }
}
