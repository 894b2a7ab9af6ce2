// A runtime that has nothing to do must not keep the process alive.
import { createRuntime } from 'celeriac'
import { add } from './tasks.js'

const runtime = createRuntime({ threads: 2 })
console.log(await runtime.run(add.s(1, 1)))
