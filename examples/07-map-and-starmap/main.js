// Map and starmap: one call, on one thread, that runs a task on each item in order.
import { chain, createRuntime } from 'celeriac'
import { add, tsum } from './tasks.js'

const runtime = createRuntime({ threads: 2 })
const range = (n) => Array.from({ length: n }, (_, i) => i)
const show = async (title, canvas) => console.log(`${title}: ${JSON.stringify(await runtime.run(canvas))}`)

// Celery: tsum.map([list(range(10)), list(range(100))])
await show('map', tsum.map([range(10), range(100)]))

// Each item is a list of arguments. Celery: add.starmap(zip(range(10), range(10)))
await show('starmap', add.starmap(range(10).map((i) => [i, i])))

// Arguments bound in a signature come behind the item.
await show('bound', add.s(100).map([1, 2, 3]))

// Their value is a list, so a body can follow.
const doubled = add.starmap(range(4).map((i) => [i, i]))
await show('then', chain(doubled, tsum.s()))

await runtime.close()
