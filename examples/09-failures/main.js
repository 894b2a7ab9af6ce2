// Failures: the error of your own class arrives, and `failureOf` tells where it happened.
import { chain, createRuntime, failureOf, group } from 'celeriac'
import { add, fail, ValueError } from './tasks.js'

const runtime = createRuntime({ threads: 2 })

async function show(title, canvas) {
  const error = await runtime.run(canvas).catch((thrown) => thrown)
  const { taskName, path, attempt } = failureOf(error)
  console.log(`${title}: ${error.message}, a ValueError: ${error instanceof ValueError}`)
  console.log(`  thrown by "${taskName}", at "${path}", in run ${attempt}`)
}

await show('a call', fail.s('alone'))
// Celery: group(add.s(1, 1), fail.s("seed"), add.s(2, 2))
const members = group(add.s(1, 1), fail.s('seed'), add.s(2, 2))
await show('a group', members)
// Of several, the first in member order. The other members run all the same.
await show('two of a group', group(add.s(1, 1), fail.s('first'), fail.s('second')))
// The steps behind a failed one never run.
await show('a chain', chain(add.s(1, 1), group(add.s(1), fail.s('deep')), add.s(5)))

// Without propagation, errors come as values, each in its slot.
const result = runtime.apply(members)
const outcomes = await result.get({ propagate: false })
console.log('slots:', outcomes.map((one) => (one instanceof Error ? one.message : one)).join(', '))
console.log('states:', result.results.map((member) => member.state).join(', '), '→', result.state)

await runtime.close()
