// `each`: a group with one call per item, each with its own id, state and handle. The cheap way to very many calls.
import { chord, createRuntime } from 'celeriac'
import { multiply, tsum, where } from './tasks.js'

const runtime = createRuntime({ threads: 2 })

// The items are lists of arguments, as for `starmap`; the value is a flat list, as of a group.
const squares = multiply.each(Array.from({ length: 1000 }, (_, i) => [i, i]))
const result = runtime.apply(squares)
const values = await result.get()
console.log(`${values.length} values, from ${values[0]} to ${values[999]}`)
console.log('every member has a handle of its own:', result.results[12].state, await result.results[12].get())

// It is a group, so it can be a header.
console.log('sum of squares:', await runtime.run(chord(squares, tsum.s())))

// What a task knows about its own call.
console.log((await runtime.run(where.each([['a'], ['b'], ['c']]))).join('\n'))

await runtime.close()
