/** The recipe of the guide: on SIGTERM what is in progress is finished, what waits is revoked, and the process ends by itself. */
import { createRuntime } from 'celeriac'
import { tasks } from './envelope-tasks.js'

const runtime = createRuntime({ threads: 1 })
console.log(
  'handlers',
  process.listenerCount('SIGTERM') + process.listenerCount('SIGINT') + process.listenerCount('beforeExit'),
)

async function shutDown(signal) {
  const report = await runtime.close({ drain: false, timeout: 5_000 })
  console.log(signal, JSON.stringify(report))
}
process.once('SIGTERM', shutDown)
process.once('SIGINT', shutDown)

await runtime.run(tasks.thread.s())
runtime.once('task-started', () => process.kill(process.pid, 'SIGTERM'))
const calls = [
  runtime.apply(tasks.pause.s(300)),
  ...Array.from({ length: 5 }, () => runtime.apply(tasks.pause.s(60_000))),
]
const ended = await Promise.allSettled(calls.map((call) => call.get()))
console.log(ended.map(({ status, reason }) => reason?.code ?? status).join(' '))
