/**
 * How far a batch has come: runs its calls one after the other, and sends what has ended in pieces, so that nothing finished waits
 * behind something slow. A call that is plain (a function, its arguments, no handlers or limits) takes the short way here; every other one
 * goes through `run-task.ts`. It does not decide when its turn is: that is the runner's.
 *
 * `npm run bench -- dispatch` justifies the care: the short way is what very small calls cost in a thread.
 */
import type { TransferListItem } from 'node:worker_threads'
import type { RunPolicy } from '../canvas/policy.js'
import type { Clock } from '../environment.js'
import { ColumnBuilder, columnOf } from '../serialization/columns.js'
import { encodeError } from '../serialization/errors.js'
import { isPlainPrimitive } from '../serialization/sendable.js'
import { type ByteLimits, checkSize, NO_BYTE_LIMITS } from '../serialization/size.js'
import { Meetings, type Packed, pack, unpack } from '../serialization/values.js'
import type { TaskRecord } from '../task/registry.js'
import { RunningTask } from './context.js'
import { Handlers, hasHandlers } from './handlers.js'
import { runOf } from './identity.js'
import { argumentsOf, callRow, itemsOf } from './invocation.js'
import {
  type AnswerMessage,
  type BatchMessage,
  type EndMessage,
  type OutcomeMessage,
  type PartMessage,
  type Saying,
  TAKEN,
  type Told,
  type WorkerSetup,
} from './protocol.js'
import type { RunSetting } from './run-setting.js'
import { endByThrow, isThenable, type Prepared, policyOf, type RunEnd, recordOf, runCall, running } from './run-task.js'
import type { ImportObserver, TaskModules } from './task-modules.js'

/** What a batch needs of the thread around it. */
export interface RunHost {
  readonly setup: WorkerSetup
  readonly modules: TaskModules
  readonly clock: Clock
  /** In ms, with fractions, from any moment on. */
  readonly stopwatch: () => number
  say(batch: number, call: number, saying: Saying): void
  /** Sends a piece of an answer that is not the last, and moves what is listed. */
  send(batch: number, answer: AnswerMessage, moved?: readonly TransferListItem[]): void
  checkMail(): void
  importing(batch: number, moduleUrl: string): void
  imported(batch: number): void
}

/** What has ended is sent when the runs since the last piece took so long, in ms. */
const PIECE_MS = 0.2
/** The clock is looked at after so many calls at the most. */
const LONGEST_STRIDE = 64

/** The calls of a part, and all that is the same for them. */
interface Current {
  readonly part: PartMessage
  readonly record: TaskRecord
  readonly policy: RunPolicy
  /** Nothing but its function has to run. */
  readonly isPlain: boolean
}

export class BatchRun implements RunSetting {
  readonly number: number
  readonly #message: BatchMessage
  readonly #host: RunHost
  /** Told when more calls are in progress, or fewer. */
  readonly #onChange: (change: number) => void
  /** What comes next: a part, a call in it, and its place in the batch. */
  #part = 0
  #offset = 0
  #place = 0
  #current: Current | undefined
  #isTaken = false
  /** Steps that will not run. They count as begun with the next call only: if the thread dies before, it is not under one of them. */
  #skipped = 0
  /** The place of a call in progress that those behind it have to wait for; -1: none. */
  #blockedBy = -1
  #inProgress = 0
  /** What the next step gets. */
  #previous: unknown
  /** A value that is sent only if the next step does not begin. */
  #held: { readonly call: Place; readonly sent: Sent } | undefined
  #ends: EndMessage[] = []
  readonly #values = new ColumnBuilder()
  #valuesFrom = 0
  #meetings = new Meetings()
  #stride = 1
  /** How long the runs took that the next piece tells of. */
  #busyMs = 0
  // Most batches have no call that looks around.
  #parked: Set<number> | undefined
  #hearing: Map<number, (told: Told) => void> | undefined
  #unheard: Map<number, Told[]> | undefined

  constructor(message: BatchMessage, host: RunHost, onChange: (change: number) => void) {
    this.number = message.batch
    this.#message = message
    this.#host = host
    this.#onChange = onChange
  }

  get maxDepth(): number {
    return this.#host.setup.maxDepth
  }

  get bytes(): ByteLimits {
    return this.#host.setup.bytes ?? NO_BYTE_LIMITS
  }

  get defaults(): RunPolicy {
    return this.#host.setup.defaults
  }

  get clock(): Clock {
    return this.#host.clock
  }

  /** A call could start, as far as the batch is concerned. */
  get canGoOn(): boolean {
    return this.#blockedBy < 0 && !this.#isTaken && this.#part < this.#message.parts.length
  }

  get isOver(): boolean {
    return this.#inProgress === 0 && !this.canGoOn
  }

  say(call: number, saying: Saying): void {
    if (saying.kind === 'parked' || saying.kind === 'resumed') this.#park(call, saying.kind === 'parked')
    this.flush() // of a step, nothing is heard before the end of the one before it
    this.#host.say(this.number, call, saying)
  }

  /** A call that waits for a child lends its thread. */
  #park(call: number, isParked: boolean): void {
    this.#parked ??= new Set()
    if (isParked) this.#parked.add(call)
    else if (!this.#parked.delete(call)) return // it has ended meanwhile
    this.#onChange(isParked ? -1 : 1)
  }

  hear(call: number, listener: (told: Told) => void): void {
    this.#hearing ??= new Map()
    this.#hearing.set(call, listener)
    for (const told of this.#unheard?.get(call) ?? []) listener(told)
    this.#unheard?.delete(call)
  }

  checkMail(): void {
    this.#host.checkMail()
  }

  /** Something is told to a call; it may not listen yet. */
  tell(call: number, told: Told): void {
    const listener = this.#hearing?.get(call)
    if (listener !== undefined) return listener(told)
    this.#unheard ??= new Map()
    this.#unheard.set(call, [...(this.#unheard.get(call) ?? []), told])
  }

  /** Runs calls until the stopwatch says `until`, or one is in progress that has to be waited for. */
  advance(until: number, mayStart: () => boolean): void {
    let now = this.#host.stopwatch()
    while (this.canGoOn && mayStart() && now < until) {
      const before = now
      this.#runStride(mayStart)
      now = this.#host.stopwatch()
      this.#noteTime(now - before)
    }
  }

  /** Sends what has ended since the last piece. */
  flush(moved?: readonly TransferListItem[]): void {
    if (this.#values.length === 0 && this.#ends.length === 0) return
    this.#host.send(this.number, this.#answer(), moved)
  }

  /** The last piece. */
  close(): AnswerMessage {
    return this.#answer()
  }

  #answer(): AnswerMessage {
    this.#closeValues()
    const answer = { ends: this.#ends, ms: this.#busyMs }
    this.#ends = []
    this.#busyMs = 0
    this.#meetings = new Meetings()
    return answer
  }

  /** The more calls run between two looks at the clock, the less it costs; the fewer, the less waits behind a slow one. */
  #noteTime(ms: number): void {
    if (ms < PIECE_MS / 4) this.#stride = Math.min(this.#stride * 2, LONGEST_STRIDE)
    else if (ms > PIECE_MS / 2) this.#stride = Math.max(this.#stride >> 1, 1)
    this.#busyMs += ms
    if (this.#busyMs >= PIECE_MS && this.canGoOn) this.flush()
  }

  #runStride(mayStart: () => boolean): void {
    for (let i = 0; i < this.#stride && this.canGoOn; i++) {
      const current = this.#currentPart()
      if (current === undefined || !current.isPlain) {
        this.#startCareful(current)
        if (!mayStart()) return
      } else if (!this.#runPlain(current)) return
    }
  }

  /** Nothing while its task is not known here, or not set up. */
  #currentPart(): Current | undefined {
    const part = this.#message.parts[this.#part] as PartMessage
    if (this.#current?.part === part) return this.#current
    const record = this.#host.modules.find(part.moduleUrl, part.taskName)
    if (record === undefined) return undefined
    const policy = policyOf(part, record, this.defaults)
    const { softTimeLimit = Infinity, timeLimit = Infinity } = policy
    // What comes in from the step before is weighed when the step begins.
    const isWeighed = part.isLinked && this.bytes.maxArgumentBytes !== Infinity
    const isUnlimited = softTimeLimit === Infinity && timeLimit === Infinity && !isWeighed
    const isPlain = part.how === 'call' && isUnlimited && !hasHandlers(record.options)
    this.#current = { part, record, policy, isPlain }
    return this.#current
  }

  /** Runs one plain call; whether another one may follow at once. */
  #runPlain({ part, record, policy }: Current): boolean {
    if (!this.#begin()) return false
    const [offset, place] = [this.#offset, this.#place]
    const isFollowed = this.#moveOn(part)
    const context = new RunningTask(part, offset, place, policy, this)
    let value: unknown
    let isAwaited: boolean
    try {
      value = running.run(context, callRow, record.fn, context, part, offset, this.#previous)
      isAwaited = isThenable(value) // which may throw, by a getter
    } catch (thrown) {
      context.end()
      this.#fail({ part, offset, place, isFollowed, policy }, thrown)
      return true
    }
    if (!isAwaited) {
      context.end()
      const { failure } = context
      if (failure === undefined) this.#succeed({ part, offset, place, isFollowed, policy }, value)
      else this.#fail({ part, offset, place, isFollowed, policy }, failure.thrown)
      return true
    }
    this.#await(
      { part, offset, place, isFollowed, policy, startedAt: this.#wait(place, isFollowed) },
      value as PromiseLike<unknown>,
      context,
    )
    return false
  }

  #await(call: Waited, value: PromiseLike<unknown>, context: RunningTask): void {
    const fail = (thrown: unknown): void => {
      if (!context.end()) return
      this.#fail(call, thrown)
      this.#settled(call)
    }
    Promise.resolve(value).then((settled) => {
      if (!context.end()) return
      this.#succeed(call, settled)
      this.#settled(call)
    }, fail)
    context.interruptedBy(fail)
  }

  /** Starts a call that needs more than its function, or whose module has to be imported first. */
  #startCareful(current: Current | undefined): void {
    const part = this.#message.parts[this.#part] as PartMessage
    if (!this.#begin()) return
    const [offset, place, previous] = [this.#offset, this.#place, this.#previous]
    const isFollowed = this.#moveOn(part)
    // Whatever comes behind an import may need it.
    const startedAt = this.#wait(place, isFollowed || current === undefined)
    const call = { part, offset, place, isFollowed, policy: this.defaults, startedAt }
    void this.#runCareful(part, offset, place, previous).then((end) => {
      if (end.ok === true) this.#succeed(call, end.value)
      else this.#finish(call, end)
      this.#settled(call)
    })
  }

  async #runCareful(part: PartMessage, offset: number, place: number, previous: unknown): Promise<RunEnd> {
    const { maxDepth, bytes } = this
    try {
      const record = await recordOf(part, this.#host.modules, this.#importObserver())
      const policy = policyOf(part, record, this.defaults)
      const context = new RunningTask(part, offset, place, policy, this)
      const args = argumentsOf(part, offset, previous)
      const items = itemsOf(part)
      if (part.isLinked) checkSize([args, items], bytes, 'maxArgumentBytes', 'args')
      const prepared: Prepared = { part, offset, record, policy, context, args, items, maxDepth, bytes }
      const handlers = new Handlers(record.options, context, items ?? args, (saying) => this.say(place, saying))
      return await runCall(prepared, handlers)
    } catch (thrown) {
      return { ok: false, error: encodeError(thrown) }
    }
  }

  #importObserver(): ImportObserver {
    return {
      importing: (moduleUrl) => this.#host.importing(this.number, moduleUrl),
      imported: () => this.#host.imported(this.number),
    }
  }

  /** Claims the next call. Not if the runtime has taken back what has not begun. */
  #begin(): boolean {
    const begun = Atomics.add(this.#host.setup.cursors, this.#message.cursor, 1 + this.#skipped)
    this.#skipped = 0
    this.#isTaken = begun >= TAKEN
    this.#letGo()
    return !this.#isTaken
  }

  /** A held value stays here if the next step has begun. */
  #letGo(): void {
    const held = this.#held
    if (held === undefined) return
    this.#held = undefined
    const next = this.#message.parts[this.#part] as PartMessage
    if (this.#isTaken || !next.dropsLinks) return this.#send(held.call.place, held.sent)
    if (held.sent.moved !== undefined) this.#previous = this.#handedOn(held.call, held.sent)
    this.#pass(held.call.place)
  }

  /** To the next call; whether that one is linked to this one. */
  #moveOn(part: PartMessage): boolean {
    this.#place++
    if (++this.#offset < part.size) return part.isLinked
    this.#offset = 0
    this.#part++
    return this.#message.parts[this.#part]?.isLinked === true
  }

  /** A call is in progress that does not hold the thread; when it began. */
  #wait(place: number, blocks: boolean): number {
    this.#inProgress++
    this.#onChange(1)
    if (blocks) this.#blockedBy = place
    return this.#host.stopwatch()
  }

  #settled({ place, startedAt }: Waited): void {
    this.#busyMs += (this.#host.stopwatch() - startedAt) / this.#host.setup.callsPerThread
    this.#inProgress--
    if (this.#blockedBy === place) this.#blockedBy = -1
    this.#hearing?.delete(place)
    this.#unheard?.delete(place)
    this.#onChange(this.#parked?.delete(place) === true ? 0 : -1)
  }

  #succeed(call: Place, value: unknown): void {
    const sent = this.#packed(value, call)
    if ('ok' in sent) return this.#finish(call, sent)
    if (!call.isFollowed) return this.#send(call.place, sent)
    this.#previous = isPlainPrimitive(value) ? value : this.#copyFor(call, sent)
    this.#held = { call, sent }
  }

  /** What the next step gets. What is to be moved is only copied if it is sent, too; else it is handed on when that step begins. */
  #copyFor({ part, offset }: Place, { moved, ...packed }: Sent): unknown {
    const next = this.#message.parts[this.#part] as PartMessage
    return moved !== undefined && next.dropsLinks ? undefined : unpack(structuredClone(packed), runOf(part, offset))
  }

  #handedOn({ part, offset }: Place, { moved = [], ...packed }: Sent): unknown {
    return unpack(structuredClone(packed, { transfer: [...moved] }), runOf(part, offset))
  }

  #fail(call: Place, thrown: unknown): void {
    this.#finish(call, endByThrow(thrown, { ...call, maxDepth: this.maxDepth }))
  }

  /** A value that cannot be sent is a failure of the call. */
  #packed(value: unknown, { part, policy }: Place): Sent | Exclude<RunEnd, { ok: true }> {
    const { maxDepth, bytes } = this
    if (bytes === NO_BYTE_LIMITS && isPlainPrimitive(value)) return { value }
    try {
      checkSize(value, bytes, 'maxResultBytes', 'value')
      const moved = new Set<TransferListItem>()
      const packed = pack(value, { maxDepth, what: 'value', meetings: this.#meetings }, moved)
      if (moved.size > 0) return { ...this.#meetings.keep(packed), moved: [...moved] }
      return this.#meetings.apart(packed)
    } catch (thrown) {
      return endByThrow(thrown, { part, policy, maxDepth })
    }
  }

  #send(place: number, { value, errors, moved }: Sent): void {
    if (moved !== undefined) this.#move(place, { value, ...(errors && { errors }) }, moved)
    else if (errors !== undefined) this.#tellEnd(place, { ok: true, value: { value, errors } })
    else if (isLongList(value)) this.#tellEnd(place, { ok: true, list: columnOf(value) })
    else {
      if (this.#values.length === 0) this.#valuesFrom = place
      else if (place !== this.#valuesFrom + this.#values.length) {
        this.#closeValues()
        this.#valuesFrom = place
      }
      this.#values.push(value)
    }
  }

  /** A piece of its own: nothing else has a transfer list. */
  #move(place: number, value: Packed, moved: readonly TransferListItem[]): void {
    this.flush()
    this.#tellEnd(place, { ok: true, value, moved })
    this.flush(moved)
  }

  #pass(place: number): void {
    const last = this.#ends.at(-1)
    if (this.#values.length === 0 && last !== undefined && 'passed' in last && last.from + last.passed === place)
      this.#ends[this.#ends.length - 1] = { from: last.from, passed: last.passed + 1 }
    else {
      this.#closeValues()
      this.#ends.push({ from: place, passed: 1 })
    }
  }

  #tellEnd(place: number, outcome: OutcomeMessage): void {
    this.#closeValues()
    this.#ends.push({ at: place, outcome })
  }

  #closeValues(): void {
    if (this.#values.length > 0) this.#ends.push({ from: this.#valuesFrom, values: this.#values.take() })
  }

  /** A call ended without a value: the steps behind it do not run. */
  #finish({ part, offset, place, isFollowed }: Place, end: Exclude<RunEnd, { ok: true }>): void {
    this.#tellEnd(place, part.isLinked && part.dropsLinks ? this.#withArguments(end, part, offset) : end)
    if (isFollowed) this.#skipLinked()
  }

  /** The runtime has not seen the value that came in, and needs it to tell of the failure, or to run the call again. */
  #withArguments(end: Exclude<RunEnd, { ok: true }>, part: PartMessage, offset: number): Exclude<RunEnd, { ok: true }> {
    if (end.ok === 'replace' || end.args !== undefined) return end
    const args = pack(argumentsOf(part, offset, this.#previous), { maxDepth: this.maxDepth + 1, what: 'args' })
    return { ...end, args }
  }

  #skipLinked(): void {
    let skipped = 0
    for (let part = this.#message.parts[this.#part]; part?.isLinked; part = this.#message.parts[this.#part]) {
      skipped += part.size - this.#offset
      this.#offset = 0
      this.#part++
    }
    this.#place += skipped
    this.#skipped += skipped
  }
}

/** A value as it is sent, and what of it is moved. */
interface Sent extends Packed {
  readonly moved?: readonly TransferListItem[]
}

/** A call on its way. */
interface Place {
  readonly part: PartMessage
  readonly offset: number
  readonly place: number
  /** The next call is the step behind it. */
  readonly isFollowed: boolean
  readonly policy: RunPolicy
}
/** One that does not hold the thread while it runs. */
interface Waited extends Place {
  readonly startedAt: number
}

/** Worth to be looked at: as one block of numbers it costs a tenth. */
const isLongList = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.length >= 64 && typeof value[0] === 'number' && value.every(isNumber)
const isNumber = (value: unknown): boolean => typeof value === 'number'
