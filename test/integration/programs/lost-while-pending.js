/** The only thread dies with work in the queue, and nothing but that work keeps the process alive. */
import { createRuntime } from 'celeriac'
import { deadly, preload } from './death-tasks.js'

const runtime = createRuntime({ threads: 1, execArgv: preload })
const say = (what) => (value) => console.log(what, typeof value === 'number' ? 'a thread' : value.reason)
runtime.run(deadly.die.s()).catch(say('lost'))
for (let i = 0; i < 3; i++) runtime.run(deadly.thread.s()).then(say('ran on'), say('lost'))
