// Progress, states of your own, and handlers around each run: what a call tells, in the order in which it told it.
import { createRuntime } from 'celeriac'
import { resize } from './tasks.js'

const runtime = createRuntime({ threads: 1 })
runtime.on('task-state', ({ state, meta }) => console.log('state:', state, meta.image))
runtime.on('task-progress', ({ value }) => console.log('progress:', value))

const result = runtime.apply(resize.s('a.png', 4))
console.log('value:', await result.get())
console.log('the last of it:', result.progress, '→', result.state)

console.log('error:', await runtime.run(resize.s('b.png', 0)).catch(({ message }) => message))

await runtime.close()
