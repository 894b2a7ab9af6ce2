// Chunks: many small items in few calls. A group of starmaps, one for each slice of the items.
import { isDeepStrictEqual } from 'node:util'
import { chord, createRuntime, group } from 'celeriac'
import { add, total } from './tasks.js'

const runtime = createRuntime({ threads: 2 })
const pairs = Array.from({ length: 1000 }, (_, i) => [i, i])

// Celery: add.chunks(zip(range(1000), range(1000)), 10)
const values = await runtime.run(add.chunks(pairs, 10))
console.log(`${values.length} lists of ${values[0].length}`)
console.log('first:', values[0].join(' '))
console.log('last:', values[99].join(' '))

// Celery's add.chunks(…).group(): the same group written out. There is no need to; chunks are a group everywhere.
const slices = Array.from({ length: 100 }, (_, i) => pairs.slice(i * 10, i * 10 + 10))
const written = await runtime.run(group(slices.map((slice) => add.starmap(slice))))
console.log('the same, written out:', isDeepStrictEqual(values, written))

// As the header of a chord: the body gets the list of lists.
console.log('total:', await runtime.run(chord(add.chunks(pairs, 100), total.s())))

await runtime.close()
