// A schedule must not keep the process alive, before its first run and after one.
import { createRuntime } from 'celeriac'
import { add } from './tasks.js'

const runtime = createRuntime({ threads: 1 })
runtime.schedule({ name: 'nightly', canvas: add.s(1, 1), cron: '0 3 * * *' })
const often = runtime.schedule({ name: 'often', canvas: add.s(1, 1), every: 5 })
await new Promise((resolve) => {
  setTimeout(resolve, 60_000).unref()
  runtime.once('task-succeeded', ({ value }) => {
    console.log(value)
    resolve()
  })
  // Somebody else keeps the process alive until the first run.
  const waiting = setInterval(() => often.runs > 0 && clearInterval(waiting), 1)
})
