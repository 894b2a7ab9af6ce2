/**
 * Freezes what calls are given, so that whoever changes it before it has left hears of it where it happens, and no task sees half of a change. Lists
 * and plain objects only: V8 freezes no buffers, and what a Map or a class holds cannot be frozen from outside.
 */
import type { Application } from '../canvas/options.js'
import { taskOf } from '../graph/call.js'
import type { Graph } from '../graph/graph.js'
import { isPlainObject } from '../option-rules.js'

/** Everything that the calls of a canvas hold, and what it is applied to. */
export function freezeArguments({ calls }: Graph, { args, kwargs }: Pick<Application, 'args' | 'kwargs'>): void {
  const given: unknown[] = [args, kwargs]
  for (let node = 0; node < calls.length; node++) {
    const source = calls[node]
    // The members of a table share one source.
    if (source === undefined || source === calls[node - 1]) continue
    const task = taskOf(source)
    given.push(task.args, task.kwargs)
    if ('table' in source) given.push(source.table)
    else if ('items' in source) given.push(source.items)
  }
  freezeAll(given)
}

/** With a list of what is to do, since values nest deeper than a stack. */
function freezeAll(todo: unknown[]): void {
  const seen = new Set<unknown>()
  while (todo.length > 0) {
    const value = todo.pop()
    if (seen.has(value) || !(Array.isArray(value) || isPlainObject(value))) continue
    seen.add(value)
    Object.freeze(value)
    for (const { value: inner } of Object.values(Object.getOwnPropertyDescriptors(value))) todo.push(inner)
  }
}
