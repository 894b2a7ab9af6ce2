// Work from inside a task: children, replacement, and members added to a chord.
import { chain, chord, createRuntime } from 'celeriac'
import { tasks } from './tasks.js'

// One thread is enough, however deep they wait for each other.
const runtime = createRuntime({ threads: 1 })
const numbers = Array.from({ length: 64 }, (_, i) => i + 1)

const result = runtime.apply(tasks.total.s(numbers))
console.log(
  'children:',
  await result.get(),
  '=',
  (await Promise.all(result.children.map((one) => one.get()))).join(' + '),
)

// Celery: raise self.replace(chord([fib.s(n - 1), fib.s(n - 2)], tsum.s()))
console.log('replacement:', await runtime.run(chain(tasks.fib.s(12), tasks.fib.si(7))))
const pages = chord([tasks.crawl.s('news', ['a', 'b']), tasks.crawl.s('help')], tasks.list.s())
console.log('added to a chord:', await runtime.run(pages))

await runtime.close()
