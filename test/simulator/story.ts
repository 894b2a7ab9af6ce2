/**
 * What happened in an episode: a hash of it, so that the same seed is known to do the same; and, where somebody wants to read it, its text.
 * To make the text of every step would take longer than the step.
 */
import type { BatchEnd, Instruction, Stimulus } from '../../src/scheduler/messages.js'
import { instructionText, stimulusText } from './telling.js'

const FNV_PRIME = 0x01000193
const OUTCOMES = [true, false, 'retry', 'replace', 'ignore', 'reject'] as const

export class Story {
  readonly seed: number
  readonly #isTold: boolean
  readonly #lines: string[] = []
  #hash = 0x811c9dc5
  steps = 0

  constructor(seed: number, isTold: boolean) {
    this.seed = seed
    this.#isTold = isTold
  }

  add(stimulus: Stimulus, instructions: readonly Instruction[]): void {
    this.steps++
    if (this.#isTold) this.#lines.push(`${stimulusText(stimulus)} → ${instructions.map(instructionText).join('; ')}`)
    this.#foldStimulus(stimulus)
    for (const instruction of instructions) this.#foldInstruction(instruction)
  }

  /** Something to read beside what happened; made only when somebody reads. */
  quote(text: () => string): void {
    if (this.#isTold) this.#lines.push(text())
  }

  /** What came of it belongs to what happened. */
  foldText(text: string): void {
    for (let i = 0; i < text.length; i++) this.#fold(text.charCodeAt(i))
  }

  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0')
  }

  text(): string {
    return [`seed ${this.seed}, step ${this.steps}:`, ...this.#lines.map((line) => `  ${line}`)].join('\n')
  }

  #fold(number: number): void {
    this.#hash = Math.imul(this.#hash ^ number, FNV_PRIME)
  }

  #foldStimulus(stimulus: Stimulus): void {
    this.#foldType(stimulus.type)
    if ('at' in stimulus) this.#fold(Math.round(stimulus.at * 1024) | 0)
    if ('batch' in stimulus) this.#fold(stimulus.batch)
    if (stimulus.type === 'outcomes') for (const end of stimulus.ends) this.#foldEnd(end)
    else if (stimulus.type === 'report') this.foldText(stimulus.report.kind)
    else if (stimulus.type === 'lost' || stimulus.type === 'recalled') this.#fold(stimulus.begun ?? -1)
    else if (stimulus.type === 'thread') this.#fold(stimulus.lane * 2 + Number(stimulus.isThere))
    else if (stimulus.type === 'revoke')
      for (const { workflow, node } of stimulus.targets) this.#foldNode(workflow, node)
  }

  #foldEnd(end: BatchEnd): void {
    this.#fold('at' in end ? end.at : end.from)
    if ('outcome' in end) this.#fold(-2 - OUTCOMES.indexOf(end.outcome.ok))
    else this.#fold('values' in end ? end.values.length : end.passed)
  }

  #foldInstruction(instruction: Instruction): void {
    this.#foldType(instruction.type)
    switch (instruction.type) {
      case 'accepted':
        return this.#fold(instruction.workflow.number)
      case 'dispatch':
        this.#fold(instruction.batch.number * 16 + instruction.batch.lane)
        for (const { workflow, node, size, attempt } of instruction.batch.parts) {
          this.#foldNode(workflow, node)
          this.#fold(size * 64 + attempt)
        }
        return
      case 'ended':
        return this.#foldNode(instruction.workflow, instruction.node)
      case 'emit':
        return this.foldText(instruction.event.type)
      case 'emit-range':
        this.foldText(instruction.events.constructor.name)
        this.#foldNode(instruction.events.workflow, instruction.events.node)
        return this.#fold(instruction.events.size)
      case 'wake':
        return this.#fold(Math.round((instruction.at ?? -1) * 1024) | 0)
      case 'recycle':
        return this.#fold(instruction.lane)
      case 'pull':
        this.#foldNode(instruction.workflow, instruction.node)
        return this.#fold(instruction.count)
      case 'release':
        return this.#foldNode(instruction.workflow, instruction.node)
      case 'flush':
        return
      default:
        return this.#fold(instruction.batch)
    }
  }

  #foldNode(workflow: { readonly number: number }, node: number): void {
    this.#fold(workflow.number)
    this.#fold(node)
  }

  /** No two of them have the same first letter, length and last letter. */
  #foldType(type: string): void {
    this.#fold(type.charCodeAt(0) + type.length * 256 + type.charCodeAt(type.length - 1) * 65_536)
  }
}
