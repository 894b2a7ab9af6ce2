// Errbacks: the errback of a canvas runs once, for the first failure inside it, however deep.
import { chain, chord, createRuntime, group } from 'celeriac'
import { add, fail, onerr, tsum } from './tasks.js'

const runtime = createRuntime({ threads: 2 })

let told = []
runtime.on('task-succeeded', ({ taskName, value }) => {
  if (taskName === 'onerr') told.push(value)
})

async function show(title, canvas, options) {
  told = []
  const error = await runtime.run(canvas, options).catch((thrown) => thrown)
  await runtime.idle() // errbacks start after the failure is visible
  console.log(`${title}: ${error.name}: ${error.message}`)
  for (const line of told.sort()) console.log(`  ${line}`)
}

// Celery: fail.apply_async(("boom",), link_error=onerr.s(label="L"))
await show('a call', fail.s('boom'), { linkError: onerr.with({ label: 'L' }).s() })

// Errbacks of inner and outer canvases: each runs, once.
const inner = fail.s('deep').linkError(onerr.with({ label: 'call' }).s())
const steps = chain(add.s(1, 1), group(inner, fail.s('too'))).linkError(onerr.with({ label: 'chain' }).s())
await show('a chain', steps)

// A chord's errbacks and its body's get a ChordError; whoever awaits the value gets the member's own error.
const body = tsum.s().linkError(onerr.with({ label: 'body' }).s())
await show('a chord', chord([add.s(1, 1), fail.s('header')], body).linkError(onerr.with({ label: 'chord' }).s()))

await runtime.close()
