/** A kit whose canvases get options by chance: when they may start, when they expire, how they are retried, who comes first. */
import type { Built, Kit } from '../property/plan.js'
import type { Random } from './random.js'
import { Breaking } from './sources.js'

/** How likely each kind of option is, for a whole episode. */
export interface Wardrobe {
  readonly delays: number
  readonly expiries: number
  readonly retries: number
  readonly limits: number
  readonly priorities: number
  readonly names: number
  readonly failFast: number
  /** Run again when their thread dies. */
  readonly requeues: number
  /** Groups whose members are pulled while they run; and, of these, whose iterable breaks before its end. */
  readonly lazy: number
  readonly breaks: number
}

type Dressable = Built & { set(options: object): Built }

export class Dresser {
  readonly #random: Random
  readonly #rates: Wardrobe
  /** Ids that canvases have asked for. */
  readonly names: string[] = []

  constructor(random: Random, rates: Wardrobe) {
    this.#random = random
    this.#rates = rates
  }

  kit({ chain, group, chord, chunks, tasks }: Kit): Kit {
    const all = (canvas: Built): Built =>
      this.#put(canvas, { ...this.#delay(), ...this.#expiry(), ...this.#priority() })
    const joined = (canvas: Built): Built => this.#put(all(canvas), this.#failFast())
    const dressedTask = (task: Kit['tasks']['pack']): Kit['tasks']['pack'] => ({
      s: (...args) => this.#call(task.s(...args)),
      si: (...args) => this.#call(task.si(...args)),
      with: (options) => dressedTask(task.with(options)),
      each: (items) => joined(task.each(items)),
    })
    return {
      chain: (...steps) => all(chain(...steps)),
      group: (members) => joined(group(this.#source(members))),
      chord: (header, body) => joined(chord(header, body)),
      chunks: (task, items, size) => joined(chunks(task, items, size)),
      tasks: Object.fromEntries(Object.entries(tasks).map(([name, task]) => [name, dressedTask(task)])) as Kit['tasks'],
    }
  }

  #source(members: Iterable<Built>): Iterable<Built> {
    if (Array.isArray(members) && !this.#random.chance(this.#rates.lazy)) return members
    return this.#random.chance(this.#rates.breaks) ? new Breaking(members, this.#random) : new Set(members)
  }

  #call(canvas: Built): Built {
    const [delay, expiry, priority] = [this.#delay(), this.#expiry(), this.#priority()]
    return this.#put(canvas, { ...delay, ...expiry, ...priority, ...this.#run(), ...this.#name() })
  }

  #put(canvas: Built, options: object): Built {
    return Object.keys(options).length === 0 ? canvas : (canvas as Dressable).set(options)
  }

  #delay(): object {
    if (!this.#random.chance(this.#rates.delays)) return {}
    const ms = this.#random.pick([0, 1, 5, 20, 100])
    return this.#random.chance(0.5) ? { countdown: ms } : { eta: new Date(ms * 2) }
  }

  #expiry(): object {
    if (!this.#random.chance(this.#rates.expiries)) return {}
    const ms = this.#random.pick([0, 1, 10, 50, 200])
    return { expires: this.#random.chance(0.5) ? ms : new Date(ms * 2) }
  }

  #run(): object {
    const requeue = this.#random.chance(this.#rates.requeues) ? { onWorkerLost: 'requeue' } : {}
    return { ...requeue, ...this.#retry(), ...this.#limit() }
  }

  #retry(): object {
    if (!this.#random.chance(this.#rates.retries)) return {}
    const retryFor = this.#random.pick([['RangeError'], ['TypeError', 'TimeLimitError'], ['Error']])
    const retryBackoff = this.#random.pick([false, true, 3])
    const retryJitter = this.#random.chance(0.5)
    const retryDelay = this.#random.pick([0, 1, 10])
    return { retryFor, retryBackoff, retryJitter, retryDelay, maxRetries: this.#random.below(4) }
  }

  #limit(): object {
    return this.#random.chance(this.#rates.limits) ? { timeLimit: 1 + this.#random.below(30) } : {}
  }

  #priority(): object {
    return this.#random.chance(this.#rates.priorities) ? { priority: this.#random.below(10) } : {}
  }

  #name(): object {
    if (!this.#random.chance(this.#rates.names)) return {}
    const taskId = `named-${this.names.length}`
    this.names.push(taskId)
    return { taskId }
  }

  #failFast(): object {
    return this.#random.chance(this.#rates.failFast) ? { failFast: true } : {}
  }
}
