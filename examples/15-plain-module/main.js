// `tasksFrom`: tasks over a module that only the workers load, so that a heavy one never slows down the start of your program.
import { createRuntime, group, tasksFrom } from 'celeriac'

// In TypeScript: tasksFrom<typeof import('./words.js')>(…) gives each task the types of its function.
const words = tasksFrom(new URL('./words.js', import.meta.url))

const runtime = createRuntime({ threads: 2 })
const text = 'the quick brown fox jumps over the indolent dog'
console.log(await runtime.run(group(words.count.s(text), words.longest.s(text))))

// Nothing is checked before a call runs. A name that the module does not export fails that call.
const error = await runtime.run(words.shortest.s(text)).catch((thrown) => thrown)
console.log(error.name, error.code, error.taskName)

await runtime.close()
