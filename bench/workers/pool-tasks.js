/** The measured functions as Piscina and tinypool want them: one argument each, here the list of arguments. */
import { functions } from './functions.js'

export const add = ([x, y]) => functions.add(x, y)
export const sum = ([numbers]) => functions.sum(numbers)
export const loop = ([turns]) => functions.loop(turns)
export const hash = ([iterations]) => functions.hash(iterations)
export const sizeOf = ([payload]) => functions.sizeOf(payload)
export const pass = ([payload]) => functions.pass(payload)
export const block = ([gate]) => functions.block(gate)
