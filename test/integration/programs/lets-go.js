// What is left in memory once nobody holds a handle any more: `lets-go.js <executor> <what>` prints how many of 100 are still there.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { chain, createRuntime, group } from 'celeriac'
import { box, fail, later, see } from './lets-go-tasks.js'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')

const COUNT = 100
/** Rounds of collection before what is left counts as held. */
const ROUNDS = 20
const [executor, what] = process.argv.slice(2)
const runtime = createRuntime({ threads: 1, executor, resultTtl: what === 'resultTtl' ? 1 : 0 })

let held = 0
const registry = new FinalizationRegistry(() => held--)
const watch = (thing) => {
  held++
  registry.register(thing)
  return thing
}
/** A handle, and the value or error that it gives. */
const ended = async (result) => {
  watch(await watch(result).get({ propagate: false }))
}

const PROGRAMS = {
  apply: () => ended(runtime.apply(box.s())),
  run: async () => watch(await runtime.run(chain(box.s(), see.s()))),
  group: () => ended(runtime.apply(group(box.s(), box.s()))),
  failure: () => ended(runtime.apply(fail.s())),
  resultTtl: () => ended(runtime.apply(box.s())),
  revoke: async () => {
    const result = watch(runtime.apply(box.s().set({ countdown: 600_000 })))
    result.revoke()
    watch(await result.get({ propagate: false }))
  },
  signal: () => ended(runtime.apply(box.s(), { signal: watch(new AbortController()).signal })),
  callbacks: () => ended(runtime.apply(box.s().link(see.s()).linkError(see.s()))),
  retries: () => ended(runtime.apply(later.s())),
  waiting: async () => {
    const result = watch(runtime.apply(box.s()))
    await result.get({ timeout: 0 }).catch(() => {})
    await result.get({ timeout: 60_000 })
  },
}

for (let i = 0; i < COUNT; i++) await PROGRAMS[what]()
await runtime.idle()
for (let round = 0; held > 0 && round < ROUNDS; round++) {
  collect()
  await new Promise((resolve) => setTimeout(resolve, 1))
}
console.log(held)
await runtime.close()
