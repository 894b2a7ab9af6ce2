// Pending work keeps the process alive, also when nobody waits for it.
import { createRuntime } from 'celeriac'
import { add } from './tasks.js'

const runtime = createRuntime({ threads: 1, executor: process.argv[2] })
runtime.on('task-succeeded', ({ value }) => console.log(value))
runtime.apply(add.each(Array.from({ length: 50 }, () => [1, 1])))
