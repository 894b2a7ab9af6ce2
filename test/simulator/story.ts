/** What happened in an episode, as text, and a hash of all of it: the same seed must give the same hash. */
import type { Instruction, Stimulus } from '../../src/scheduler/messages.js'
import { show } from '../property/behaviour.js'

const FNV_PRIME = 0x01000193

export class Story {
  readonly seed: number
  readonly #lines: (string | (() => string))[] = []
  #hash = 0x811c9dc5
  steps = 0

  constructor(seed: number) {
    this.seed = seed
  }

  add(stimulus: Stimulus, instructions: readonly Instruction[]): void {
    this.steps++
    const line = `${stimulusText(stimulus)} → ${instructions.map(instructionText).join('; ')}`
    this.#lines.push(line)
    for (let i = 0; i < line.length; i++) this.#hash = Math.imul(this.#hash ^ line.charCodeAt(i), FNV_PRIME)
  }

  /** Something to read beside what happened; made only when somebody reads. */
  quote(text: () => string): void {
    this.#lines.push(text)
  }

  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0')
  }

  text(): string {
    const lines = this.#lines.map((line) => `  ${typeof line === 'string' ? line : line()}`)
    return [`seed ${this.seed}, step ${this.steps}:`, ...lines].join('\n')
  }
}

function stimulusText(stimulus: Stimulus): string {
  switch (stimulus.type) {
    case 'submit':
      return `submit with ${show(stimulus.args)} ${show(stimulus.kwargs)}, keep ${stimulus.keep}`
    case 'watch':
      return `watch ${stimulus.workflow.number}:${stimulus.node}`
    case 'listen':
      return `listen ${stimulus.listening}`
    case 'outcomes':
      return `batch ${stimulus.batch} ended: ${stimulus.outcomes.map((one) => show(one.ok ? one.value : one.error)).join(', ')}`
    case 'lost':
      return `batch ${stimulus.batch} lost`
    case 'close':
      return `close, running calls ${stimulus.running}`
  }
}

function instructionText(instruction: Instruction): string {
  switch (instruction.type) {
    case 'accepted':
      return `workflow ${instruction.workflow.number}`
    case 'dispatch': {
      const { number, calls } = instruction.batch
      return `batch ${number}: ${calls.map(({ workflow, node, task, args }) => `${workflow.number}:${node} ${task.task}${show(args)}`).join(', ')}`
    }
    case 'ended':
      return `ended ${instruction.workflow.number}:${instruction.node}`
    case 'emit':
      return instruction.event.type
  }
}
