/** What running calls say of themselves before they end, and the children that they apply. */
import type { CallReport, Instruction } from '../../src/scheduler/messages.js'
import { show } from '../property/behaviour.js'
import type { Around, Run } from './around.js'
import type { Flight } from './flight.js'
import type { Child } from './job.js'
import type { Action } from './rates.js'
import { hold } from './violation.js'
import { isCurrent } from './watchman.js'

interface Applied {
  readonly batch: number
  readonly call: number
  readonly child: Child
}

export class Sayings {
  readonly #around: Around
  /** Tells what has ended of a batch: of a step, nothing is heard before the end of the one before it. */
  readonly #tell: (flight: Flight) => void
  /** Lanes in which a call has ever waited for a child: such a thread gets more calls than others. */
  readonly lenders = new Set<number>()
  readonly #children = new Map<number, Applied>()
  /** Runs that were told to stop. */
  readonly #cancelled = new Set<string>()

  constructor(around: Around, tell: (flight: Flight) => void) {
    this.#around = around
    this.#tell = tell
  }

  say(action: Action, run: Run): void {
    const { random } = this.#around
    switch (action) {
      case 'start':
        return this.start(run)
      case 'show':
        return this.#report(run, random.chance(0.5) ? { kind: 'progress', value: 1 } : SHOWN)
      case 'park':
        return this.#park(run)
      case 'apply':
        return this.#apply(run)
      case 'add':
        return this.#add(run)
    }
  }

  /** The body begins: the hard limit counts from here. */
  start(run: Run): void {
    const { started } = run.flight
    if (!started.has(run.place)) this.#report(run, { kind: 'started' })
    started.add(run.place)
  }

  isCancelled(batch: number, place: number): boolean {
    return this.#cancelled.has(`${batch}:${place}`)
  }

  hearTold({ batch, call, told }: Extract<Instruction, { type: 'tell' }>): void {
    if (told.kind === 'cancel') {
      const flight = this.#around.watchman.running.get(batch)
      const mayHear = flight === undefined || flight.isRefused || call < flight.begun
      hold('driver', mayHear, 'a call is told to stop that has not begun')
      this.#cancelled.add(`${batch}:${call}`)
      return
    }
    const known = this.#children.get(told.child)
    hold('I12', known !== undefined && known.child.told === undefined, 'a child ends twice')
    const { outcome } = told
    if (known !== undefined) known.child.told = show(outcome.ok ? outcome.value : outcome.error)
  }

  /** Who still runs knows how those of its children ended that have. */
  checkChildren(): void {
    const { running, children } = this.#around.watchman
    for (const workflow of children) {
      const it = workflow.continuation
      if (it?.kind !== 'child' || !workflow.isFinal(workflow.graph.exit)) continue
      children.delete(workflow)
      if (running.get(it.batch)?.open.has(it.call) !== true) continue
      hold('I12', this.#children.get(it.child)?.child.told !== undefined, 'nobody is told of the end of a child')
    }
  }

  revokeChild(): void {
    const { random, watchman } = this.#around
    if (this.#children.size === 0) return
    const child = random.below(this.#children.size)
    const { batch, call: place } = this.#children.get(child) as Applied
    const flight = watchman.running.get(batch)
    const call = flight?.inProgress.get(place)
    const terminate = random.chance(0.5)
    if (flight === undefined || call === undefined) return
    this.#report({ flight, place, call }, { kind: 'revoke-child', child, reason: 'chance', terminate })
  }

  #report({ flight, place }: Run, report: CallReport): void {
    const { watchman, handle } = this.#around
    this.#tell(flight)
    handle({ type: 'report', at: watchman.now, batch: flight.batch.number, call: place, report })
  }

  #park(run: Run): void {
    this.#tell(run.flight)
    const { parked } = run.flight
    const isParked = parked.delete(run.place)
    if (!isParked) parked.add(run.place)
    this.lenders.add(run.flight.batch.lane)
    this.#report(run, { kind: isParked ? 'resumed' : 'parked' })
  }

  #apply(run: Run): void {
    const canvas = this.#around.spare()
    if (canvas === undefined) return
    const { flight, place, call } = run
    const child = this.#children.size
    const job = this.#around.jobOf(call.workflow)
    job.apply(call, child, canvas)
    this.#children.set(child, { batch: flight.batch.number, call: place, child: job.children.at(-1) as Child })
    this.#report(run, { kind: 'apply', child, id: `child-${child}`, canvas: canvas as never })
  }

  #add(run: Run): void {
    const { workflow, node } = run.call
    const header = workflow.headerOf(node)
    const canvas = header !== undefined && isCurrent(run.call) ? this.#around.spare() : undefined
    if (header === undefined || canvas === undefined) return
    this.#around.jobOf(workflow).add(header.workflow, header.join, canvas)
    this.#report(run, { kind: 'add-to-chord', canvas: canvas as never })
  }
}

const SHOWN = { kind: 'state', state: 'COOKING', meta: undefined } as const
