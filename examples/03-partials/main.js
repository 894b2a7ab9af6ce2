// Partials: arguments now, the rest later. What comes later goes in front.
import { chain, createRuntime } from 'celeriac'
import { add, join, shout } from './tasks.js'

const runtime = createRuntime({ threads: 2 })

// Celery: add.s(2).delay(4)
console.log('add(4, 2):', await runtime.run(add.s(2), { args: [4] }))

// `partial` does the same to a canvas, as often as you like.
console.log('in front:', await runtime.run(join.s('c').partial('b').partial('a')))

// In a chain, what comes later is the value of the step before.
console.log('from before:', await runtime.run(chain(join.s('a', 'b'), join.s('c'))))

// `si` is complete: it takes nothing from before.
console.log('immutable:', await runtime.run(chain(join.s('a', 'b'), join.si('only', 'this'))))

// `with` binds the trailing options object by name; nothing goes behind it.
console.log('options:', await runtime.run(chain(join.s('hello', 'you'), shout.with({ mark: '!' }).s())))

await runtime.close()
