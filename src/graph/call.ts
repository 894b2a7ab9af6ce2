/** What a call node runs: the task, how, and with which arguments. The answer for one node, made when it leaves for an executor. */

import type { Canvas } from '../canvas/canvas.js'
import { EachMembers } from '../canvas/group.js'
import { mergeOptions, NO_OPTIONS, type StoredOptions } from '../canvas/options.js'
import type { AnySignature } from '../canvas/shape.js'
import { mergeKwargs, NO_KWARGS } from '../canvas/signature.js'
import type { StoredStamps } from '../canvas/stamps.js'
import type { CallSource, Graph, Scope } from './graph.js'

/** What comes into a node: arguments to put in front, and the node whose end brought them (-1: the application itself). */
export interface Input {
  readonly args: readonly unknown[]
  readonly kwargs?: Readonly<Record<string, unknown>>
  readonly by: number
}

/** How a task is to be run: once with `args`, or once for each of `items` with `args` behind it. */
export interface Invocation {
  readonly how: 'call' | 'map' | 'starmap'
  readonly task: AnySignature
  /** The arguments; with map and starmap those bound behind each item. */
  readonly args: readonly unknown[]
  readonly items: readonly unknown[] | undefined
}

/** The task behind a call. */
export const taskOf = (source: CallSource): AnySignature =>
  source instanceof EachMembers ? source.task : source.kind === 'task' ? source : source.task

/** What a call node runs, given what comes in. */
export function invocationOf(graph: Graph, node: number, input: Input): Invocation {
  const source = graph.calls[node] as CallSource
  const task = taskOf(source)
  if (source instanceof EachMembers) {
    const item = source.table[graph.place[node] as number] as readonly unknown[]
    return { how: 'call', task, args: withKwargs(item, task.kwargs), items: undefined }
  }
  switch (source.kind) {
    case 'task':
      return { how: 'call', task, args: argumentsOf(task, input), items: undefined }
    case 'chunks':
      return { how: 'starmap', task, args: boundArgs(task), items: sliceOf(source, graph.place[node] as number) }
    default:
      return { how: source.kind, task, args: boundArgs(task), items: source.items as readonly unknown[] }
  }
}

const boundArgs = (task: AnySignature): readonly unknown[] => withKwargs(task.args, task.kwargs)

function argumentsOf(task: AnySignature, input: Input): readonly unknown[] {
  if (task.immutable) return boundArgs(task)
  const kwargs = input.kwargs === undefined ? task.kwargs : mergeKwargs(task.kwargs, input.kwargs)
  return withKwargs(input.args.length === 0 ? task.args : [...input.args, ...task.args], kwargs)
}

const withKwargs = (args: readonly unknown[], kwargs: Readonly<Record<string, unknown>>): readonly unknown[] =>
  kwargs === NO_KWARGS || Object.keys(kwargs).length === 0 ? args : [...args, kwargs]

function sliceOf(
  chunks: { readonly items: Iterable<unknown>; readonly size: number },
  index: number,
): readonly unknown[] {
  const { items, size } = chunks as { readonly items: readonly unknown[]; readonly size: number }
  if (size === Infinity) return items
  // The list is frozen, and to slice such a list takes nearly three times as long as this.
  const slice: unknown[] = []
  for (let i = index * size; i < Math.min((index + 1) * size, items.length); i++) slice.push(items[i])
  return slice
}

/** The stamps of a call; its own win over those of what is around it. */
export function stampsOf(graph: Graph, node: number): StoredStamps | undefined {
  const outer = (graph.scopes[graph.scope[node] as number] as Scope | undefined)?.inherited?.stamps
  const source = graph.calls[node] as CallSource
  const own = ownOptionsOf(source).stamps
  return outer === undefined || own === undefined ? (own ?? outer) : { ...outer, ...own }
}

/** What a canvas takes over from the call that it replaces. Stamps survive; its own win. */
export function inheritedByReplacement(canvas: Canvas, graph: Graph, node: number): StoredOptions {
  const stamps = stampsOf(graph, node)
  return stamps === undefined ? NO_OPTIONS : { stamps: { ...stamps, ...(canvas.options as StoredOptions).stamps } }
}

/** The options of a call: those that it inherits from the composites around it, then its own. */
export function optionsOf(graph: Graph, node: number): StoredOptions {
  const outer = (graph.scopes[graph.scope[node] as number] as Scope | undefined)?.inherited
  const own = ownOptionsOf(graph.calls[node] as CallSource)
  return outer === undefined ? own : mergeOptions(outer, own)
}

/** What a call says itself; members of a table say nothing. */
export const ownOptionsOf = (source: CallSource): StoredOptions =>
  source instanceof EachMembers || source.kind === 'chunks' ? NO_OPTIONS : (source.options as StoredOptions)
