// Schedules: Celery's beat, without a process of its own.
import { chain, createRuntime } from 'celeriac'
import { count, publish } from './tasks.js'

// A schedule keeps no process alive. In a program of yours, a server does.
const server = setInterval(() => {}, 1_000)
const runtime = createRuntime({ threads: 2 })
const report = chain(count.s(['to', 'be', 'or', 'not']), publish.s())

// Celery: app.conf.beat_schedule = { 'often': { 'task': 'report', 'schedule': 0.02 } }
const often = runtime.schedule({ name: 'often', canvas: report, every: 20, maxRuns: 3 })

// Celery: 'schedule': crontab(hour=3, minute=30). The time zone belongs to the schedule.
const nightly = runtime.schedule({ name: 'nightly', canvas: report, cron: '30 3 * * *', timeZone: 'Asia/Tokyo' })
console.log('next night in Tokyo, UTC:', nightly.nextRun.toISOString().slice(11, 16))

await new Promise((resolve) => {
  let seen = 0
  runtime.on('task-succeeded', ({ taskName, value }) => {
    if (taskName !== 'publish') return
    console.log(value)
    if (++seen === 3) resolve()
  })
})
console.log('often has had', often.runs, 'runs, next:', often.nextRun)
console.log(
  'still there:',
  runtime
    .inspect()
    .schedules.map(({ name }) => name)
    .join(', '),
)

nightly.pause()
console.log('paused, next:', nightly.nextRun)

// Schedules stop at once.
await runtime.close()
clearInterval(server)
