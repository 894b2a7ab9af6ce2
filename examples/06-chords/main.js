// Chords: a header side by side, then a body, once, with the list of the header's values.
import { chain, chord, createRuntime, group } from 'celeriac'
import { add, multiply, tsum } from './tasks.js'

const runtime = createRuntime({ threads: 2 })
const show = async (title, canvas) => console.log(`${title}: ${JSON.stringify(await runtime.run(canvas))}`)

const header = Array.from({ length: 10 }, (_, i) => add.s(i, i))

// Celery: chord([add.s(i, i) for i in range(10)], tsum.s())
await show('chord', chord(header, tsum.s()))

// The same, said otherwise: a chord is a group and what comes after it.
await show('chain of group and body', chain(group(header), tsum.s()))

// Header and body may be any canvas.
await show('chains inside', chord([chain(add.s(1, 1), multiply.s(10)), add.s(2, 2)], chain(tsum.s(), multiply.s(2))))

// A body that ends in a group gives a list.
await show('a group as body', chord([add.s(1, 1), add.s(2, 2)], chain(tsum.s(), group(add.s(1), multiply.s(2)))))

// An empty header: the body gets an empty list.
await show('empty', chord([], tsum.s()))

await runtime.close()
