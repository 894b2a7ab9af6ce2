// Retries: a failed call is tried again, and stays one call to everything around it.
import { chord, createRuntime, failureOf } from 'celeriac'
import { Busy, download, poll } from './tasks.js'

const runtime = createRuntime({ threads: 2 })
runtime.on('task-retried', ({ error, delayMs }) => console.log(`  again in ${delayMs} ms: ${error.message}`))

console.log('by itself:')
console.log(' ', await runtime.run(download.s('a.png', 2)))

console.log('until no retry is left:')
const error = await runtime.run(download.s('b.png', 9)).catch((thrown) => thrown)
console.log(`  ${error.message}, a Busy: ${error instanceof Busy}, run ${failureOf(error).attempt}`)

console.log('when it asks:')
// Celery: self.retry(countdown=0, args=[done + 1])
console.log(' ', await runtime.run(poll.s(2)))

console.log('in a header, which waits for it; the policy of this call wins over the task:')
const patient = download.s('c.png', 1).set({ retryDelay: 5 })
console.log(' ', await runtime.run(chord([patient, download.s('d.png', 0)], download.si('e.png', 0))))

await runtime.close()
