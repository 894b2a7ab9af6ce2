// Chains: one step after the other, each with the value of the one before in front of its arguments.
import { chain, createRuntime } from 'celeriac'
import { add, multiply } from './tasks.js'

const runtime = createRuntime({ threads: 2 })

// Celery: chain(multiply.s(5, 5), add.s(4), multiply.s(8))
console.log('chain:', await runtime.run(chain(multiply.s(5, 5), add.s(4), multiply.s(8))))

// Celery: multiply.s(5, 5) | add.s(4) | multiply.s(8)
console.log('pipe:', await runtime.run(multiply.s(5, 5).pipe(add.s(4)).pipe(multiply.s(8))))

// A chain is a canvas like any other: here a partial one, twice in another chain.
const addThenDouble = chain(add.s(1), multiply.s(2))
console.log('nested:', await runtime.run(chain(addThenDouble, addThenDouble), { args: [5] }))

// Steps may come as a list. 8 doublings of 1:
console.log('from a list:', await runtime.run(chain(Array.from({ length: 8 }, () => multiply.s(2))), { args: [1] }))

// The handle is that of the last step; `parent` is the step before.
const result = runtime.apply(chain(multiply.s(5, 5), add.s(4), multiply.s(8)))
console.log('steps:', await result.parent.parent.get(), await result.parent.get(), await result.get())

await runtime.close()
