// Callbacks: what runs after a call succeeded, with its value in front. The call's own value stays what it was.
import { createRuntime } from 'celeriac'
import { add, multiply } from './tasks.js'

const runtime = createRuntime({ threads: 2 })

// Every call tells what it gave, callbacks too.
let seen = []
runtime.on('task-succeeded', ({ taskName, value }) => seen.push(`${taskName} gave ${value}`))

async function show(title, canvas, options) {
  seen = []
  console.log(`${title}: ${await runtime.run(canvas, options)}`)
  await runtime.idle() // the value is there before its callbacks are done
  console.log(`  ${seen.sort().join(', ')}`)
}

// Celery: add.apply_async((5, 5), link=add.s(35))
await show('one callback', add.s(5, 5), { link: add.s(35) })
// Both get 10, side by side.
await show('a list of callbacks', add.s(5, 5), { link: [add.s(35), multiply.s(2)] })
// An immutable signature (`si`) is deaf to the value: 4 * 4.
await show('an immutable callback', add.s(5, 5), { link: multiply.si(4, 4) })
// Stored in the canvas: `link` gives a new one, since a canvas is frozen. A callback may be any canvas.
await show('stored', add.s(5, 5).link(add.s(1).pipe(multiply.s(3))))

await runtime.close()
