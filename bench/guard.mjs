/**
 * Guards the speed of the hot path: a quick measurement of the main ratios against `pool.run` in the same process. Each must stay above
 * half of what baseline.json says. Speed on a shared machine is weather, so a miss is measured twice more, and fails only if it is one
 * all three times.
 *
 *     npm run bench:guard             exits with 1 if a ratio is lost
 *     node bench/guard.mjs --write    makes what it measures the baseline
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { openField } from './harness/field.mjs'
import { number, plainTable } from './harness/report.mjs'
import { playRounds } from './harness/rounds.mjs'
import { endsWith, onCeleriac, onPool } from './harness/workloads.mjs'

const BASELINE = new URL('baseline.json', import.meta.url)
const TRIES = 3
const ROUNDS = 5
const CALLS = 10_000
const ITEMS = 100_000
const STEPS = 100
const LONE_CALLS = 200

const field = await openField('add', ['piscina'])
if (process.argv.includes('--write')) writeBaseline(await measure())
else await guard(JSON.parse(readFileSync(BASELINE, 'utf8')))
await field.close()
process.exit()

function writeBaseline(ratios) {
  const rounded = Object.fromEntries(Object.entries(ratios).map(([name, { median }]) => [name, Number(number(median))]))
  writeFileSync(BASELINE, `${JSON.stringify(rounded, undefined, 2)}\n`)
  console.log(rounded)
}

async function guard(baseline) {
  let missing = Object.keys(baseline)
  for (let attempt = 1; attempt <= TRIES && missing.length > 0; attempt++) {
    const ratios = await measure()
    console.log(`\nspeed against pool.run, measurement ${attempt} of at most ${TRIES}\n${tableOf(ratios, baseline)}`)
    missing = missing.filter((name) => !(ratios[name]?.median >= baseline[name] / 2))
  }
  if (missing.length === 0) return
  console.error(`\nbelow half of the baseline in every measurement: ${missing.join(', ')}`)
  process.exitCode = 1
}

function tableOf(ratios, baseline) {
  const rows = Object.entries(ratios).map(([name, { median, min, max }]) => [
    name,
    number(median),
    `${number(min)}–${number(max)}`,
    number(baseline[name]),
    number(baseline[name] / 2),
  ])
  return plainTable(['ratio', 'median', 'min–max', 'baseline', 'at least'], rows)
}

/** The main ratios: how many times as fast as `pool.run`, per task. */
async function measure() {
  const many = await playRounds(
    {
      group: calls(CALLS, 'group'),
      each: calls(CALLS, 'each'),
      chunks: { ...calls(ITEMS, 'chunks'), run: () => onCeleriac.chunks(field.quiet, ITEMS, 1_000) },
      chord: {
        tasks: CALLS + 1,
        isRight: (value) => value === (CALLS * (CALLS + 1)) / 2,
        run: () => onCeleriac.chord(field.quiet, CALLS),
      },
      piscina: pooled(CALLS, endsWith(CALLS), (pool) => onPool.singles(pool, CALLS)),
    },
    { rounds: ROUNDS },
  )
  const chains = await playRounds(
    {
      chain: { tasks: STEPS, isRight: is(STEPS), run: () => onCeleriac.chain(field.quiet, STEPS) },
      piscina: pooled(STEPS, is(STEPS), (pool) => onPool.chain(pool, STEPS)),
    },
    { rounds: ROUNDS, iterations: 5 },
  )
  const lone = await playRounds(
    {
      call: { tasks: 1, isRight: is(2), run: () => onCeleriac.lone(field.quiet) },
      piscina: pooled(1, is(2), onPool.lone),
    },
    { rounds: ROUNDS, iterations: LONE_CALLS },
  )
  return {
    'group of 10k': many.speed('group'),
    'each of 10k': many.speed('each'),
    'chord of 10k': many.speed('chord'),
    'chunks(100k, 1000)': many.speed('chunks'),
    'chain of 100': chains.speed('chain'),
    'lone call': lone.speed('call'),
  }
}

function calls(n, kind) {
  return { tasks: n, isRight: endsWith(n), run: () => onCeleriac[kind](field.quiet, n) }
}

function pooled(tasks, isRight, run) {
  return { tasks, isRight, run: field.piscina(run) }
}

function is(expected) {
  return (value) => value === expected
}
