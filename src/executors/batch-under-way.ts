/** A batch that has been sent, and what has been heard of it: translates places there into places here, and counts what was begun. */
import type { TransferListItem } from 'node:worker_threads'
import type { Batch } from '../scheduler/batch.js'
import type { BatchEnd, Outcome } from '../scheduler/messages.js'
import type { AnswerMessage, BatchMessage } from '../worker/protocol.js'
import { type ArgumentLimits, encodeBatch, type SentBatch } from './batch-message.js'
import { decodeEnds } from './call-messages.js'
import type { Cursors } from './cursors.js'
import type { Ends } from './executor.js'

const NONE: readonly TransferListItem[] = []

export class BatchUnderWay {
  readonly batch: Batch
  readonly #cursors: Cursors
  readonly #cell: number
  readonly #sent: SentBatch
  /** Ends that are known before any answer. */
  #refused: readonly BatchEnd[]
  /** How many had begun when the rest was taken back. */
  #begunWhenTaken: number | undefined
  /** It has left, and what it moves is not here any more. */
  #hasMoved = false
  #isOver = false

  constructor(batch: Batch, cursors: Cursors, limits: ArgumentLimits) {
    this.batch = batch
    this.#cursors = cursors
    this.#cell = cursors.claim()
    this.#sent = encodeBatch(batch, this.#cell, limits)
    this.#refused = this.#sent.refused
  }

  get message(): BatchMessage {
    return this.#sent.message
  }

  /** It is sent now, with this list of what is moved. */
  leave(): readonly TransferListItem[] {
    const { moved } = this.#sent
    this.#hasMoved = moved.size > 0
    return moved.size > 0 ? [...moved] : NONE
  }

  /** None of its calls could be sent. */
  get isEmpty(): boolean {
    return this.#sent.message.parts.length === 0
  }

  /** The place in the batch of the call that was sent in this place. */
  placeOf(sent: number): number {
    return this.#sent.places?.[sent] ?? sent
  }

  sentPlaceOf(place: number): number {
    return this.#sent.places?.indexOf(place) ?? place
  }

  /** How many calls have begun; those that were refused among them count. */
  get begun(): number {
    return this.#begunWhenTaken ?? this.#placesOf(this.#cursors.begun(this.#cell))
  }

  /** Takes back what has not begun; not if it cannot be sent again. */
  recall(): number {
    if (this.#hasMoved) return this.batch.size
    this.#begunWhenTaken ??= this.#placesOf(this.#cursors.take(this.#cell))
    return this.#begunWhenTaken
  }

  #placesOf(begun: number): number {
    const { places } = this.#sent
    const next = places === undefined ? begun : (places[begun] ?? Infinity)
    return Math.min(next, this.batch.size)
  }

  /** What an answer tells; with the first, what was known before. */
  endsIn(answer: AnswerMessage | undefined): Ends {
    const told = answer === undefined ? [] : this.#withoutMoved(decodeEnds(this.batch, this.#translated(answer.ends)))
    const ends = this.#refused.length === 0 ? told : [...this.#refused, ...told]
    this.#refused = []
    return { ends, ms: answer?.ms ?? 0, begun: this.begun }
  }

  /** Arguments that have been moved are not there to be told. */
  #withoutMoved(ends: readonly BatchEnd[]): readonly BatchEnd[] {
    if (!this.#hasMoved) return ends
    return ends.map((end) => {
      if (!('outcome' in end) || !['ignore', 'reject', false].includes(end.outcome.ok)) return end
      return { at: end.at, outcome: { args: [], ...end.outcome } as Outcome }
    })
  }

  #translated(ends: AnswerMessage['ends']): AnswerMessage['ends'] {
    if (this.#sent.places === undefined) return ends
    return ends.flatMap((end): AnswerMessage['ends'] => {
      if ('outcome' in end) return [{ ...end, at: this.placeOf(end.at) }]
      if ('passed' in end)
        return Array.from({ length: end.passed }, (_, i) => ({ from: this.placeOf(end.from + i), passed: 1 }))
      return Array.from(end.values, (value, i) => ({ from: this.placeOf(end.from + i), values: [value] }))
    })
  }

  /** Nothing more comes of it. */
  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#cursors.release(this.#cell)
  }
}
