// Stopping: expiry, revoke, time limits. Whoever waits is told at once.
import { chain, createRuntime, group } from 'celeriac'
import { add, listen, spin, stuck } from './tasks.js'

const runtime = createRuntime({ threads: 2 })
const nameOf = (error) => error.name

// Celery: add.apply_async((1, 1), countdown=60, expires=0.01)
const late = runtime.run(add.s(1, 1), { countdown: 60_000, expires: 10 })
console.log('too late:', await late.catch(nameOf))

const waiting = runtime.apply(chain(add.s(1, 1).set({ countdown: 60_000 }), add.s(1)))
console.log('revoked before the start:', runtime.revoke(waiting), 'calls,', waiting.state)

const started = new Promise((resolve) => runtime.once('task-started', resolve))
const running = runtime.apply(listen.s())
await started
running.revoke({ reason: 'the user left' })
console.log('revoked while it runs:', running.state, 'since', running.error.cause)

const controller = new AbortController()
const all = runtime.apply(group(listen.s(), listen.s()), { signal: controller.signal })
controller.abort()
console.log('by a signal:', await all.get().catch(nameOf))

console.log('soft limit:', await runtime.run(spin.s(), { softTimeLimit: 20 }).catch(nameOf))
// The thread is ended, and another one takes its place.
console.log('hard limit:', await runtime.run(stuck.s(), { timeLimit: 50 }).catch(nameOf))
console.log('and it goes on:', await runtime.run(add.s(1, 1)))

await runtime.close()
