/** `chord`: a group, then a body with the list of its values. */
import { InvalidCanvasError } from '../errors.js'
import { show } from '../option-rules.js'
import type { Canvas, Chord, Header, HeaderInput, HeaderValue } from './canvas.js'
import { groupOf } from './group.js'
import { isCanvas, requireCanvas } from './options.js'
import { makeChord } from './shape.js'
import type { AnyCanvas, CanvasOf, MissingOf, PipeError, ResultOf, SameHandle } from './typing.js'

/**
 * Runs `header` side by side, then `body` once with the list of its values, in header order.
 *
 * If a header member fails for good, the others still run, the body does not, and its errbacks get a {@link ChordError}.
 *
 * @param header - An array or iterable of canvases, a group, or chunks. Empty: the body gets `[]`.
 * @param body - Any canvas that can take the list.
 * @throws {@link InvalidCanvasError} if one of them is not a canvas.
 * @see https://docs.celeryq.dev/en/stable/userguide/canvas.html#chords
 * @example
 * await runtime.run(chord([add.s(1, 1), add.s(2, 2)], tsum.s())) // 6
 */
export function chord<const H extends Header, B extends AnyCanvas>(
  header: H,
  body: B extends CanvasOf<[HeaderValue<H>], unknown> ? B : PipeError<HeaderValue<H>, MissingOf<B>>,
): Chord<HeaderInput<H>, ResultOf<B>> & SameHandle<B>
export function chord(header: unknown, body: unknown): unknown {
  const head = headerOf(header)
  requireCanvas(body, 'body')
  return makeChord(head, body as Canvas)
}

/** A group or chunks as they are; anything else as the members of a group. */
function headerOf(header: unknown): Canvas {
  if (isCanvas(header) && (header.kind === 'group' || header.kind === 'chunks')) return header as Canvas
  if (isCanvas(header) || !isIterable(header))
    throw new InvalidCanvasError(
      `a header is a list of canvases, a group or chunks, and this is ${show(header)}`,
      'header',
    )
  return groupOf([header])
}

const isIterable = (value: unknown): boolean => typeof value === 'object' && value !== null && Symbol.iterator in value
