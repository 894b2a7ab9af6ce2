/**
 * Clones as a thread would, into the realm of the caller. Some test runners run each file in a context of its own, whose `Map` is not the one
 * that `structuredClone` makes there: a task that asks `instanceof Map` would be told no, which no thread would tell it.
 */
import type { TransferListItem } from 'node:worker_threads'

const isForeign = Object.getPrototypeOf(structuredClone({})) !== Object.prototype

/** A structured clone, `moved` moved; what is in it is of this realm. */
export function cloned<T>(value: T, moved: readonly TransferListItem[] = []): T {
  const clone = structuredClone(value, { transfer: [...moved] })
  return isForeign ? adopted(clone) : clone
}

/** Gives everything inside of a clone the prototype of the same name here. What it is made of stays: a foreign map is a map. */
export function adopted<T>(clone: T): T {
  const seen = new Set<unknown>()
  const todo: unknown[] = [clone]
  while (todo.length > 0) {
    const next = todo.pop()
    if (typeof next !== 'object' || next === null || seen.has(next)) continue
    seen.add(next)
    adopt(next)
    for (const inner of contentsOf(next)) todo.push(inner)
  }
  return clone
}

function* contentsOf(value: object): Iterable<unknown> {
  if (value instanceof Map) for (const entry of value) yield* entry
  if (value instanceof Set) yield* value
  if (!ArrayBuffer.isView(value)) yield* Object.values(value)
}

function adopt(value: object): void {
  const foreign = Object.getPrototypeOf(value) as { readonly constructor?: { readonly name?: string } } | null
  const here = (globalThis as Record<string, unknown>)[foreign?.constructor?.name ?? '']
  if (typeof here !== 'function' || here.prototype === foreign) return
  Object.setPrototypeOf(value, here.prototype as object)
}
