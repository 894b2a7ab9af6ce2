// Members of a group as they finish: for progress, or to start with what is there.
import { createRuntime, group } from 'celeriac'
import { slow } from './tasks.js'

const runtime = createRuntime({ threads: 3 })
await runtime.ready() // threads are up, so that only the tasks' own time counts below

const members = group(slow.s(400), slow.s(0), slow.s(50))

// As they finish. A failed member is an item like the others, not a throw.
const result = runtime.apply(members)
for await (const one of result.iterate()) {
  console.log(`member ${one.index}:`, one.ok ? one.value : `${one.error.name}: ${one.error.message}`)
}
console.log(`${result.completedCount()} of ${result.results.length} succeeded; waiting: ${result.waiting()}`)

// Or in the order of the members.
const order = []
for await (const one of runtime.apply(members).iterate({ ordered: true })) order.push(one.index)
console.log('ordered:', order.join(' '))

await runtime.close()
