// A failure that nobody asks for is no unhandled rejection.
import { createRuntime } from 'celeriac'
import { makeRuntime } from './tasks.js'

const runtime = createRuntime({ threads: 1, executor: process.argv[2] })
runtime.apply(makeRuntime.s('x'))
await runtime.idle()
console.log('still here')
