/**
 * Breaks the scheduler in one place at a time and runs the simulator on it: a table of which seed notices, and which promise is broken
 * there. First the ten that the test strategy names, then all others. Fails if one goes unnoticed.
 */
import { compileSimulator } from './compiled.mjs'

const folder = compileSimulator()
const { catchMutant, MOST_SEEDS } = await import(new URL('test/simulator/catching.js', folder))
const { MUTANTS, NAMED_MUTANTS } = await import(new URL('test/simulator/mutants.js', folder))

const named = Object.entries(NAMED_MUTANTS)
const others = Object.keys(MUTANTS).filter((name) => !Object.values(NAMED_MUTANTS).includes(name))
const rows = [...named, ...others.map((name) => ['', name])]

console.log('| named in the strategy | the scheduler … | seed | promise broken |\n| --- | --- | ---: | --- |')
let missed = 0
for (const [strategy, name] of rows) {
  const caught = await catchMutant(name)
  if (caught === undefined) missed++
  console.log(`| ${strategy} | ${name} | ${caught?.seed ?? `none of ${MOST_SEEDS}`} | ${caught?.invariant ?? '–'} |`)
}
console.log(`\n${rows.length - missed} of ${rows.length} caught, ${named.length} of them named in the strategy`)
process.exitCode = missed === 0 ? 0 : 1
