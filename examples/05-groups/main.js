// Groups: members side by side. The value is always a list, in member order, whoever finishes first.
import { chain, createRuntime, group } from 'celeriac'
import { add, multiply, tsum } from './tasks.js'

const runtime = createRuntime({ threads: 2 })
const show = async (title, canvas) => console.log(`${title}: ${JSON.stringify(await runtime.run(canvas))}`)

// Celery: group(add.s(i, i) for i in range(10))
await show('ten', group(Array.from({ length: 10 }, (_, i) => add.s(i, i))))

// One member, or none: still a list.
await show('one', group(add.s(1, 1)))
await show('none', group())

// A group in a group is a list in a list; any canvas can be a member.
await show('nested', group(add.s(1, 1), group(add.s(2, 2), add.s(3, 3)), chain(add.s(4, 4), multiply.s(10))))

// After a step, every member gets its value. Before a step, that one gets the list.
await show('after', chain(add.s(2, 3), group(add.s(1), multiply.s(10))))
await show('before', chain(group(add.s(1, 1), add.s(2, 2)), tsum.s()))

await runtime.close()
