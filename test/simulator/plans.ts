/**
 * Canvases of every kind, drawn from an episode's own chance: as `test/property/arbitraries.ts` draws them, but at a tenth of the time,
 * since nothing here is ever shrunk.
 */
import type { TaskName } from '../property/behaviour.js'
import type { Input } from '../property/evaluate.js'
import { type Plan, type Shape, sizeOf } from '../property/plan.js'
import type { Random } from './random.js'

type ListItems = readonly (readonly unknown[])[]

const VALUES: readonly unknown[] = [null, undefined, true, 'text', [], [1, [2]], { key: 1 }]
const TASKS: readonly TaskName[] = ['pack', 'pack', 'pack', 'count', 'count', 'nothing', 'picky', 'fail']
/** How likely a canvas is a composite, by how deep it stands. */
const COMPOSITE = [0.9, 0.6, 0.35, 0.15]
const MOST_TRIES = 50

export class Planner {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  /** A canvas of less than so many. */
  plan(below: number): Plan {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const plan = this.#any(0)
      if (sizeOf(plan) < below) return plan
    }
    return { shape: this.#call() }
  }

  input(): Input {
    if (this.#random.chance(0.75)) return { args: [] }
    const args = this.#list(2, () => this.#value())
    return this.#random.chance(0.5) ? { args } : { args, kwargs: this.#random.pick([{ c: 3 }, { a: 9 }]) }
  }

  #any(depth: number): Plan {
    const shape = this.#random.chance(COMPOSITE[depth] ?? 0) ? this.#composite(depth) : this.#single()
    if (!this.#random.chance(0.25)) return { shape }
    return { shape, hooks: { links: this.#hooks(depth), errbacks: this.#hooks(depth), twice: this.#seldom() } }
  }

  /** Mostly one that shows what it was given. */
  #hooks(depth: number): readonly Plan[] {
    return this.#list(2, () =>
      this.#random.chance(0.67) ? { shape: { ...this.#call(), task: 'pack' } } : this.#any(depth + 2),
    )
  }

  #composite(depth: number): Shape {
    switch (this.#random.below(3)) {
      case 0:
        return { kind: 'chain', steps: this.#some(3, depth), piped: this.#seldom() }
      case 1:
        return this.#group(depth)
      default:
        return { kind: 'chord', header: this.#header(depth), body: this.#any(depth + 1) }
    }
  }

  #group(depth: number): Shape {
    return { kind: 'group', members: this.#some(4, depth), lazy: this.#seldom() }
  }

  #header(depth: number): readonly Plan[] | Plan {
    if (this.#random.chance(0.75)) return this.#some(4, depth)
    const shape = this.#random.pick([() => this.#group(depth), () => this.#chunks(), () => this.#each()])()
    if (this.#random.chance(0.5)) return { shape }
    return { shape, hooks: { links: this.#hooks(depth), errbacks: this.#hooks(depth), twice: false } }
  }

  /** None and one are special, but most are several. */
  #some(most: number, depth: number): readonly Plan[] {
    const count = this.#random.chance(0.8) ? 2 + this.#random.below(most - 1) : this.#random.below(2)
    return Array.from({ length: count }, () => this.#any(depth + 1))
  }

  #single(): Shape {
    if (this.#random.chance(0.85)) return this.#call()
    const bound = { task: this.#random.pick(TASKS), args: this.#list(2, () => this.#value()) }
    switch (this.#random.below(4)) {
      case 0:
        return { kind: 'map', ...bound, items: this.#list(2, () => this.#value()) }
      case 1:
        return { kind: 'starmap', ...bound, items: this.#lists() }
      case 2:
        return this.#chunks()
      default:
        return this.#each()
    }
  }

  #call(): Extract<Shape, { kind: 'call' }> {
    const task = this.#random.pick(TASKS)
    const args = this.#list(2, () => this.#value())
    const bare = { kind: 'call', task, args, immutable: this.#seldom() } as const
    return this.#random.chance(0.15) ? { ...bare, options: this.#random.pick([{ a: 1 }, { b: 2 }]) } : bare
  }

  #chunks(): Shape {
    const [task, items, size] = [this.#random.pick(TASKS), this.#lists(), this.#random.pick([1, 2, 3, Infinity])]
    return { kind: 'chunks', task, args: this.#list(2, () => this.#value()), items, size }
  }

  #each(): Shape {
    return { kind: 'each', task: this.#random.pick(TASKS), items: this.#lists() }
  }

  #lists(): ListItems {
    return this.#list(4, () => this.#list(2, () => this.#value()))
  }

  #list<T>(most: number, make: () => T): readonly T[] {
    return Array.from({ length: this.#random.below(most + 1) }, make)
  }

  #value(): unknown {
    return this.#random.chance(0.8) ? this.#random.below(10) : this.#random.pick(VALUES)
  }

  #seldom(): boolean {
    return this.#random.chance(0.2)
  }
}
