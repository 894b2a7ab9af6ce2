// Chords chained to chords, groups after groups: any canvas goes anywhere, and the value is what you would compute by hand.
import { chain, chord, createRuntime, group } from 'celeriac'
import { add, length, multiply, tsum } from './tasks.js'

const runtime = createRuntime({ threads: 2 })
const show = async (title, canvas) => console.log(`${title}: ${JSON.stringify(await runtime.run(canvas))}`)

// tsum([2, 4]) is 6; then tsum([6 + 10, 6 * 10])
const first = chord([add.s(1, 1), add.s(2, 2)], tsum.s())
const second = chord([add.s(10), multiply.s(10)], tsum.s())
await show('chord | chord', first.pipe(second))
await show('three in a chain', chain(first, second, second))

// Every member of the second group gets the whole list [2, 4], and so on.
const lists = group(tsum.s(), length.s())
await show('group | group', chain(group(add.s(1, 1), add.s(2, 2)), lists))
await show('group | group | group', chain(group(add.s(1, 1), add.s(2, 2)), lists, lists))

// A chord as header member, and a chord as body.
await show('chord in a header', chord([first, chain(first, second)], tsum.s()))
await show('chord as a body', chord([add.s(1, 1), add.s(2, 2)], chord([tsum.s(), length.s()], tsum.s())))

await runtime.close()
