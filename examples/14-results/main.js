// Handles: what came before, what followed, and how each of them stands.
import { chain, chord, createRuntime } from 'celeriac'
import { add, multiply, tsum } from './tasks.js'

const runtime = createRuntime({ threads: 2 })

// The handle of a chain is that of its last step.
const product = runtime.apply(chain(add.s(2, 2).link(add.s(100)), multiply.s(8)))
await runtime.idle()
const sum = product.parent
console.log('product:', product.state, product.result)
console.log('its parent:', sum.state, sum.result, '- and before that:', sum.parent)

// `children` are what a call led to: its callbacks, then the next step.
console.log('children of the sum:', sum.children.map((child) => child.result).join(', '))
console.log('the last of them is the product:', sum.children.at(-1).id === product.id)

// The handle of a chord is its body's; its parent is the header, a GroupResult.
const total = runtime.apply(chord([add.s(1, 1), add.s(2, 2)], tsum.s()))
const header = total.parent
console.log('total:', await total.get(), '- a group:', total.isGroup())
console.log('header:', await header.get(), '- a group:', header.isGroup())
console.log('its members:', header.results.map((member) => member.state).join(', '))

// A handle can be asked by anybody, later, by its id, as long as somebody holds it.
console.log('looked up:', await runtime.result(total.id).get())

await runtime.close()
