// A first task: three ways to run it.
import { createRuntime } from 'celeriac'
import { add } from './tasks.js'

const runtime = createRuntime({ threads: 2 })

// `add.s(2, 2)` is a signature: a description of a call. `run` starts it on a worker thread and gives a promise of its value.
console.log('run:', await runtime.run(add.s(2, 2)))

// `apply` gives a handle at once. A handle is no promise: ask it with `get()`, when and as often as you like.
const result = runtime.apply(add.s(4, 4))
console.log('get:', await result.get({ timeout: 10_000 }))
console.log('again:', await result.get(), result.state, result.result)

// A task is still a function. Called like one, it runs here and now.
console.log('called:', add(8, 8))

await runtime.close()
