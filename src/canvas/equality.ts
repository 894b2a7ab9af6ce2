/** Structural equality of canvases, without recursion: an equal callback is kept once. */
import type { AnyCanvas } from './typing.js'

/** `canvases` with `added` at the end, unless it holds an equal one already. */
export function addEqualOnce(canvases: readonly AnyCanvas[], added: AnyCanvas): readonly AnyCanvas[] {
  return canvases.some((canvas) => isEqual(canvas, added)) ? canvases : Object.freeze([...canvases, added])
}

/** `canvases` without those that equal an earlier one. Only those that look alike are compared, so that long lists stay cheap. */
export function distinct(canvases: readonly AnyCanvas[]): readonly AnyCanvas[] {
  const alike = new Map<string, AnyCanvas[]>()
  return canvases.filter((canvas) => {
    const look = lookOf(canvas)
    const earlier = alike.get(look) ?? []
    if (earlier.some((other) => isEqual(other, canvas))) return false
    alike.set(look, [...earlier, canvas])
    return true
  })
}

function lookOf(canvas: AnyCanvas): string {
  const { task, args = [] } = canvas as { readonly task?: unknown; readonly args?: readonly unknown[] }
  const plain = args.map((arg) => (isObject(arg) ? '' : String(arg)))
  return [canvas.kind, typeof task === 'string' ? task : '', ...plain].join(' ')
}

/** Whether two values hold the same: plain data and canvases by content, dates by time, anything else by identity. */
export function isEqual(left: unknown, right: unknown): boolean {
  const todo: [unknown, unknown][] = [[left, right]]
  // Pairs that are being compared or have been: a part that is held many times, or holds itself, is looked at once.
  const seen = new Map<object, Set<object>>()
  for (let pair = todo.pop(); pair !== undefined; pair = todo.pop()) {
    const [a, b] = pair
    if (Object.is(a, b)) continue
    if (!isObject(a) || !isObject(b) || Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false
    if (!hasComparableContent(a)) {
      if (tagOf(a) === '[object Date]' && Object.is(a.valueOf(), b.valueOf())) continue
      return false
    }
    if (isSeen(seen, a, b)) continue
    const keys = Object.keys(a)
    if (keys.length !== Object.keys(b).length) return false
    for (const key of keys) {
      if (!Object.hasOwn(b, key)) return false
      todo.push([(a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]])
    }
  }
  return true
}

/** Whether the pair has been seen; from now on it has. */
function isSeen(seen: Map<object, Set<object>>, a: object, b: object): boolean {
  const partners = seen.get(a)
  if (partners?.has(b) === true) return true
  if (partners === undefined) seen.set(a, new Set([b]))
  else partners.add(b)
  return false
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
const tagOf = (value: object): string => Object.prototype.toString.call(value)
const hasComparableContent = (value: object): boolean => ['[object Object]', '[object Array]'].includes(tagOf(value))
