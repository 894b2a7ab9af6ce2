/** Structural equality of canvases, without recursion: an equal callback is kept once. */
import type { AnyCanvas } from './typing.js'

/** `canvases` with `added` at the end, unless it holds an equal one already. */
export function addEqualOnce(canvases: readonly AnyCanvas[], added: AnyCanvas): readonly AnyCanvas[] {
  return canvases.some((canvas) => isEqual(canvas, added)) ? canvases : Object.freeze([...canvases, added])
}

/** Whether two values hold the same: plain data and canvases by content, dates by time, anything else by identity. */
export function isEqual(left: unknown, right: unknown): boolean {
  const todo: [unknown, unknown][] = [[left, right]]
  for (let pair = todo.pop(); pair !== undefined; pair = todo.pop()) {
    const [a, b] = pair
    if (Object.is(a, b)) continue
    if (!isObject(a) || !isObject(b) || Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false
    if (!hasComparableContent(a)) {
      if (tagOf(a) === '[object Date]' && Object.is(a.valueOf(), b.valueOf())) continue
      return false
    }
    const keys = Object.keys(a)
    if (keys.length !== Object.keys(b).length) return false
    for (const key of keys) {
      if (!Object.hasOwn(b, key)) return false
      todo.push([(a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]])
    }
  }
  return true
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
const tagOf = (value: object): string => Object.prototype.toString.call(value)
const hasComparableContent = (value: object): boolean => ['[object Object]', '[object Array]'].includes(tagOf(value))
