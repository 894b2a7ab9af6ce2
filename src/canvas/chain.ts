/** `chain`: steps one after the other. */
import type { Canvas, Chain } from './canvas.js'
import { isCanvas, requireCanvas } from './options.js'
import { makeChain } from './shape.js'
import type { AnyCanvas, Args, Chained, First, Fit, Last, MissingOf, ResultOf, SameHandle, Steps } from './typing.js'

/**
 * Runs the steps one after the other, each with the value of the one before in front of its arguments.
 *
 * A step that cannot take that value is a compile error at that step. Steps may also come as one array or iterable: for very long
 * chains, whose spread would overflow the stack. Where their number is not known, each must take what any of them gives.
 * A chain with no steps runs nothing; its value is what came in.
 *
 * @throws {@link InvalidCanvasError} if a step is not a canvas.
 * @see https://docs.celeryq.dev/en/stable/userguide/canvas.html#chains
 * @example
 * await runtime.run(chain(multiply.s(5, 5), add.s(4), multiply.s(8))) // 232
 */
export function chain(): Chain<Args, undefined>
export function chain<const S extends Steps>(
  steps: S & Fit<S>,
): Chain<MissingOf<First<S>>, ResultOf<Last<S>>> & SameHandle<Last<S>>
export function chain<const S extends readonly AnyCanvas[]>(
  ...steps: S extends Chained<S> ? S : Chained<S>
): Chain<MissingOf<First<S>>, ResultOf<Last<S>>> & SameHandle<Last<S>>
export function chain(...given: readonly unknown[]): unknown {
  return makeChain(listOfCanvases(given, 'steps'))
}

/** Arguments that are canvases, or one iterable of them, as an array of its own. */
export function listOfCanvases(given: readonly unknown[], name: string): readonly Canvas[] {
  const [only] = given
  const found = given.length === 1 && isIterable(only) ? [...only] : [...given]
  // The path is made only for an error: there may be a million of them.
  const wrong = found.findIndex((canvas) => !isCanvas(canvas))
  if (wrong >= 0) requireCanvas(found[wrong], `${name}[${wrong}]`)
  return found as readonly Canvas[]
}

const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' && typeof (value as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] === 'function'
