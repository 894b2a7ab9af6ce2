/**
 * Keeps one of each kind of object that calls are made of, for good. V8 forgets what the objects of a class look like when the last of them
 * is collected, and throws away the code that was compiled for them: a runtime that happened to be idle at a major collection would begin
 * anew as slow as in its first second. So a few canvases are played here once, with nothing that runs, and what they were made of stays.
 *
 * `npm run bench -- latency` justifies it: after each collection two thousand lone calls took twice as long.
 */
import type { Canvas } from '../canvas/canvas.js'
import { chain } from '../canvas/chain.js'
import { chord } from '../canvas/chord.js'
import { EachMembers, group } from '../canvas/group.js'
import { NO_APPLIED_KWARGS } from '../canvas/options.js'
import { type AnySignature, makeGroup } from '../canvas/shape.js'
import { signature } from '../canvas/signature.js'
import { BatchUnderWay } from '../executors/batch-under-way.js'
import { Cursors } from '../executors/cursors.js'
import { compile } from '../graph/compile.js'
import type { Graph } from '../graph/graph.js'
import { compileLoose } from '../graph/lone.js'
import type { Batch } from '../scheduler/batch.js'
import type { Instruction, Outcomes, Stimulus } from '../scheduler/messages.js'
import { Scheduler } from '../scheduler/scheduler.js'
import { answerFromWire, answerToWire, batchToWire } from '../worker/wire.js'
import { SubmissionStacks } from './submission-stacks.js'

/** As large as they are in earnest, and as odd: V8 tells small whole numbers from others. */
const AT = Date.UTC(2026, 0)
const MS = 0.3

const kept: unknown[] = []

/** Plays them, once in a process. Takes some 10 ms, most of it to compile what the first call needs anyway. */
export function keepSpecimens(): void {
  if (kept.length > 0) return
  const specimens = new Specimens()
  kept.push(specimens)
  const call = (): AnySignature => signature({ taskName: 'specimen', moduleUrl: '' } as never, [1, 2])
  specimens.play(compileLoose([call(), call()]))
  for (const canvas of [
    call(),
    call(), // how long it takes is known now, which is no whole number
    group([call(), call()]),
    makeGroup(new EachMembers(call(), [[1, 2]])),
    chain(call(), call()),
    chord([call(), call()], call()),
  ])
    specimens.play(compile(canvas as Canvas))
}

/** A scheduler of which every call gives 0 as soon as it leaves. */
class Specimens {
  readonly #scheduler = new Scheduler(1, '', {})
  readonly #cursors = new Cursors()
  readonly #stacks = new SubmissionStacks()
  readonly #kept: unknown[] = []

  play(graph: Graph): void {
    const submittedAt = this.#stacks.here(keepSpecimens)
    const given = { args: [], kwargs: NO_APPLIED_KWARGS, keep: false, isRevoked: false, submittedAt }
    const todo: Stimulus[] = [{ type: 'submit', at: AT, graph, ...given }]
    for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
      const instructions: readonly Instruction[] = [...this.#scheduler.handle(next)]
      this.#kept.push(next, instructions)
      for (const instruction of instructions) {
        if (instruction.type === 'flush') todo.push({ type: 'flushed', at: AT })
        else if (instruction.type === 'dispatch') todo.push(this.#run(instruction.batch))
      }
    }
  }

  #run(batch: Batch): Outcomes {
    const underWay = new BatchUnderWay(batch, this.#cursors, { maxDepth: 1 })
    const values = new Array<number>(batch.size).fill(0)
    const answer = answerToWire(batch.number, { ends: [{ from: 0, values }], ms: MS }, true)
    this.#kept.push(underWay, batchToWire(underWay.message), answer)
    return { type: 'outcomes', at: AT, batch: batch.number, ...underWay.endsIn(answerFromWire(answer)), random: 0 }
  }
}
