// The default runtime: `.delay()` and `.applyAsync()`, as in Celery. It is made on first use, with a thread for each core.
import { chain, createRuntime, group, setDefaultRuntime } from 'celeriac'
import { add, multiply } from './tasks.js'

console.log('task.delay:', await add.delay(2, 2).get())
console.log('task.applyAsync:', await add.applyAsync([2, 2], { link: multiply.s(3) }).get())
console.log('chain.delay:', await chain(add.s(2, 2), multiply.s(4)).delay().get())
const both = group(add.s(1), multiply.s(2)).applyAsync({ args: [20] })
console.log('group.applyAsync:', await both.get())

// To decide its options yourself, set your own before the first use. You get back the one that was there.
const mine = createRuntime({ threads: 1 })
const before = setDefaultRuntime(mine)
console.log('on mine:', await add.delay(1, 1).get())
console.log('there was one before:', before !== undefined)

// No close here: a runtime with nothing to do never keeps the process alive.
