// A task module in TypeScript, without a build step.
import { chord, createRuntime, tasksFrom } from 'celeriac'

// (In a TypeScript program: tasksFrom<typeof import('./tasks.ts')>(…), and each task has the types of its function.)
const { area, largest } = tasksFrom(new URL('./tasks.ts', import.meta.url))

const runtime = createRuntime({ threads: 2 })

const boxes = [
  { width: 2, height: 3 },
  { width: 4, height: 5 },
]
console.log('areas:', await runtime.run(area.map(boxes)))
console.log('largest:', await runtime.run(chord(area.each(boxes.map((box) => [box])), largest.s())))

await runtime.close()
