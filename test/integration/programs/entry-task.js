// A task in the file that the program was started with cannot be imported by workers without running the program again.
import { createRuntime, defineTasks } from 'celeriac'

const { own } = defineTasks(import.meta.url, { own: () => 1 })
const runtime = createRuntime({ threads: 1 })
try {
  runtime.apply(own.s())
} catch (error) {
  console.log(error.code, error.message)
}
const inline = createRuntime({ executor: 'inline' })
console.log(await inline.run(own.s()))
