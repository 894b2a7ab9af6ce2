/** Bags of options: some names, each with a value that may be right or may be anything. */
import type { Random } from '../simulator/random.js'
import { strange } from './strange.js'

/** The options of one place, each with values that are right, alone at least. */
export type Known = Readonly<Record<string, readonly unknown[]>>

/** A bag with up to four options; seldom one of an unknown name, seldom no object at all. */
export function drawBag(random: Random, known: Known, required: readonly string[]): unknown {
  if (random.chance(0.03)) return strange(random)
  const names = Object.keys(known)
  const bag: Record<string, unknown> = {}
  for (const name of required) bag[name] = valueFor(random, known, name)
  for (let left = random.below(5); left > 0; left--) {
    const name = random.chance(0.03) ? random.pick(UNKNOWN) : random.pick(names)
    const value = valueFor(random, known, name)
    Object.defineProperty(bag, name, { value, enumerable: true, configurable: true, writable: true })
  }
  return bag
}

const valueFor = (random: Random, known: Known, name: string): unknown =>
  random.chance(0.3) || known[name] === undefined ? strange(random) : random.pick(known[name])

const UNKNOWN = ['__proto__', 'constructor', 'toString', '', 'tiemout', '\ud800']
