/** Runs a canvas on the production scheduler alone, its calls ending in whatever order chance says. */
import type { Canvas } from '../../src/canvas/canvas.js'
import type { Batch } from '../../src/scheduler/batch.js'
import type { Instruction, Stimulus } from '../../src/scheduler/messages.js'
import { production } from '../simulator/machine.js'
import { perform } from '../simulator/perform.js'
import { Random } from '../simulator/random.js'
import { show } from './behaviour.js'
import type { Input, Ran } from './evaluate.js'
import type { Told } from './lab.js'
import { Builder, type Built, type Plan } from './plan.js'

export const buildFromSource = (plan: Plan): Built => new Builder(production.kit).build(plan)

export function runInOrder(canvas: Built, { args, kwargs = {} }: Input, slots: number, seed: number): Told {
  const random = new Random(seed)
  const scheduler = new production.Scheduler(slots, 'order-', { batching: false })
  const running: Batch[] = []
  const ran: Ran[] = []
  const drive = (stimulus: Stimulus): readonly Instruction[] => {
    const instructions = scheduler.handle(stimulus)
    for (const instruction of instructions) if (instruction.type === 'dispatch') running.push(instruction.batch)
    return instructions
  }
  const graph = production.compile(canvas as unknown as Canvas)
  const [accepted] = drive({
    type: 'submit',
    at: 0,
    graph,
    args,
    kwargs,
    keep: true,
    isRevoked: false,
    submittedAt: {},
  })
  if (accepted?.type !== 'accepted') throw new Error('not accepted')
  while (running.length > 0) {
    const [batch] = running.splice(random.below(running.length), 1) as [Batch]
    const ends = batch.calls.map((call, at) => ({ at, outcome: perform(call, ran) }))
    drive({ type: 'outcomes', at: 0, batch: batch.number, ends, random: 0 })
  }
  const { workflow } = accepted
  const outcome = workflow.succeeded(graph.exit)
    ? `gives ${show(workflow.value(graph.exit))}`
    : `fails with ${show(production.unwrapped(workflow.failure(graph.exit)).error)}`
  return { outcome, calls: ran.map(({ text }) => text).sort() }
}
