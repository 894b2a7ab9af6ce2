/** What is checked before anything of a canvas starts: that all its arguments can be sent, and that its tasks can be found by a worker. */

import type { TransferListItem } from 'node:worker_threads'
import type { Canvas } from '../canvas/canvas.js'
import { EachMembers } from '../canvas/group.js'
import { type Application, NO_APPLIED_KWARGS, NO_OPTIONS, type StoredOptions } from '../canvas/options.js'
import type { AnySignature } from '../canvas/shape.js'
import { NO_KWARGS } from '../canvas/signature.js'
import { ConfigurationError, SerializationError } from '../errors.js'
import { ownOptionsOf, taskOf } from '../graph/call.js'
import { compileCallback } from '../graph/compile.js'
import { firstNodesOf } from '../graph/first-calls.js'
import { type CallSource, type Graph, joinPath, pathOf, pathOfScope } from '../graph/graph.js'
import { isPlainPrimitive } from '../serialization/sendable.js'
import { type ByteLimits, checkSize } from '../serialization/size.js'
import { isTransferUsed, type MayRunAgain } from '../serialization/transfer.js'
import { checkSendable } from '../serialization/values.js'
import { Transfers } from './transfers.js'

/** What a runtime admits. */
export interface Admission {
  readonly maxDepth: number
  /** None if nothing is said. */
  readonly bytes?: ByteLimits | undefined
  /** The file that the program was started with, if workers would import it again. */
  readonly entryFileUrl: string | undefined
  /** What holds for a call; only asked where it matters. */
  policyOf(graph: Graph, node: number): MayRunAgain
  /** Whether a call that is pending has this id. */
  isInUse(id: string): boolean
}

/**
 * Checks every call of a canvas, callbacks and errbacks included.
 *
 * @param path - Where the canvas stands in the one that was applied.
 * @returns What they would move. It is not given away yet.
 * @throws {@link SerializationError} for an argument that cannot be sent; {@link ConfigurationError} for a task of the entry file, and for
 *   an id that is in use.
 */
export function checkGraph(graph: Graph, application: Application, admission: Admission, path = ''): Transfers {
  const transfers = isTransferUsed() ? new Transfers() : NO_TRANSFERS
  if (
    graph.size === 1 &&
    graph.hooks.size === 0 &&
    graph.ids.size === 0 &&
    application.args.length === 0 &&
    application.kwargs === NO_APPLIED_KWARGS
  ) {
    checkCalls(graph, path, admission, transfers)
    return transfers
  }
  checkApplied(graph, application, admission, transfers)
  const claimed = new Set<string>()
  const todo: { graph: Graph; path: string }[] = [{ graph, path }]
  const seen = new Set<Graph>()
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (seen.has(next.graph)) continue
    seen.add(next.graph)
    claimIds(next.graph, claimed, admission)
    checkCalls(next.graph, next.path, admission, transfers)
    for (const hook of [...next.graph.hooks.values()].flat())
      for (const name of ['link', 'linkError'] as const)
        hook[name].forEach((canvas, i) => {
          todo.push({
            graph: compileCallback(canvas),
            path: joinPath(joinPath(next.path, hook.path), `options.${name}[${i}]`),
          })
        })
  }
  return transfers
}

/** Every id is asked for once, callbacks and errbacks included, and by nobody who is pending. */
function claimIds({ ids }: Graph, claimed: Set<string>, { isInUse }: Admission): void {
  for (const id of ids.values()) {
    if (isInUse(id)) throw idInUse(id, 'is in use by a call that is still pending')
    if (claimed.has(id)) throw idInUse(id, 'is asked for by two calls of the canvas')
    claimed.add(id)
  }
}

const idInUse = (id: string, why: string): ConfigurationError =>
  new ConfigurationError(`the id "${id}" ${why}`, 'taskId', id)

/** What is applied goes to every call that comes first. */
function checkApplied(
  graph: Graph,
  { args, kwargs }: Application,
  { maxDepth, bytes, policyOf }: Admission,
  transfers: Transfers,
): void {
  if (bytes !== undefined) checkSize([...args, kwargs], bytes, 'maxArgumentBytes', 'args')
  const moved = checkSendable(args, { maxDepth: maxDepth + 1, what: 'args' })
  const movedToo = checkSendable(kwargs, { maxDepth, what: 'kwargs' })
  if (moved === undefined && movedToo === undefined) return
  const found = new Set([...(moved ?? []), ...(movedToo ?? [])])
  for (const node of firstNodesOf(graph)) {
    if (graph.joins.has(node) && found.size > 0)
      throw new SerializationError(
        'this would be transferred to each member of a group that is pulled while it runs; send a copy',
        'args',
      )
    transfers.add(
      found,
      () => policyOf(graph, node),
      () => 'args',
    )
  }
}

function checkCalls(graph: Graph, path: string, admission: Admission, transfers: Transfers): void {
  const { calls, scopes } = graph
  for (let scope = 0; scope < scopes.length; scope++)
    checkCarried(scopes[scope]?.inherited, admission.maxDepth, () => joinPath(path, pathOfScope(graph, scope)))
  for (let node = 0; node < calls.length; node++) {
    const source = calls[node]
    // The members of a table share one source.
    if (source !== undefined && source !== calls[node - 1]) checkCall(graph, node, source, path, admission, transfers)
  }
}

/** Whether a canvas is one call of plain arguments that says nothing of itself, and whose task workers find: nothing more is to be checked. */
export function isPlainCall(
  canvas: Canvas,
  { bytes, entryFileUrl }: Admission,
): canvas is Extract<Canvas, { kind: 'task' }> {
  return canvas.kind === 'task' && bytes === undefined && canvas.moduleUrl !== entryFileUrl && isPlain(canvas)
}

function checkCall(
  graph: Graph,
  node: number,
  source: CallSource,
  path: string,
  admission: Admission,
  transfers: Transfers,
): void {
  const { maxDepth, entryFileUrl, policyOf } = admission
  const task = taskOf(source)
  if (task.moduleUrl === entryFileUrl) throw inEntryFile(task.task)
  if (admission.bytes !== undefined) checkBytes(source, admission.bytes, () => joinPath(path, pathOf(graph, node)))
  if (source === task && isPlain(task)) return
  const where = (): string => joinPath(path, pathOf(graph, node))
  checkCarried(ownOptionsOf(source), maxDepth, where)
  const move = (found: Moved, name: string): void =>
    transfers.add(
      found,
      () => policyOf(graph, node),
      () => joinPath(where(), name),
    )
  const args = checkLazily(task.args, maxDepth + 1, where, 'args')
  const kwargs = checkLazily(task.kwargs, maxDepth, where, 'kwargs')
  if (args !== undefined || kwargs !== undefined) {
    const bound = new Set([...(args ?? []), ...(kwargs ?? [])])
    move(bound, 'args')
    // What is bound goes to each member of a table.
    if (graph.calls[node + 1] === source) move(bound, 'args')
  }
  if (source instanceof EachMembers) checkTable(source.table, maxDepth, where, move)
  else if (source.kind === 'chunks' || source.kind === 'starmap')
    checkTable(source.items as Table, maxDepth, where, move)
  else if (source.kind !== 'task') move(checkLazily(source.items, maxDepth + 2, where, 'items'), 'items')
}

/** What is known of the arguments before the call is sent; then they are weighed again, with what has come in. */
function checkBytes(source: CallSource, bytes: ByteLimits, where: () => string): void {
  if (bytes.maxArgumentBytes === Infinity) return
  const { args, kwargs } = taskOf(source)
  const check = (given: unknown, name: string): void =>
    checkSize(given, bytes, 'maxArgumentBytes', joinPath(where(), name))
  check(kwargs === NO_KWARGS ? args : [...args, kwargs], 'args')
  if (source instanceof EachMembers || source.kind === 'chunks') {
    const rows = source instanceof EachMembers ? source.table : (source.items as Table)
    rows.forEach((row, i) => {
      check(row, `items[${i}]`)
    })
  } else if (source.kind !== 'task') check(source.items, 'items')
}

/** Most signatures hold numbers and texts, and there may be a million of them. */
function isPlain({ args, kwargs, options }: AnySignature): boolean {
  if (kwargs !== NO_KWARGS || options !== NO_OPTIONS) return false
  for (let i = 0; i < args.length; i++) if (!isPlainPrimitive(args[i])) return false
  return true
}

/** As long as nobody has ever transferred anything. */
const NO_TRANSFERS = new Transfers()

type Moved = ReadonlySet<TransferListItem> | undefined
type Table = readonly (readonly unknown[])[]

/** Most tables hold numbers and texts, which is seen at a glance. */
function checkTable(
  table: Table,
  maxDepth: number,
  where: () => string,
  move: (found: Moved, name: string) => void,
): void {
  if (isPlainTable(table)) return
  const found = checkLazily(table, maxDepth + 2, where, 'items')
  if (found === undefined || found.size === 0) return
  // Each row may leave with another call.
  table.forEach((row, i) => {
    move(checkSendable(row, { maxDepth: maxDepth + 1, what: 'items' }), `items[${i}]`)
  })
}

/** In loops: with `every` it was the largest single part of what a small call of a table costs here. */
function isPlainTable(table: Table): boolean {
  for (let i = 0; i < table.length; i++) {
    const row = table[i] as readonly unknown[]
    for (let j = 0; j < row.length; j++) if (!isPlainPrimitive(row[j])) return false
  }
  return true
}

/** Headers and stamps may go out with many calls. */
function refuseMoved(found: Moved, where: () => string, name: string): void {
  if (found !== undefined && found.size > 0)
    throw new SerializationError('only arguments can be transferred; send a copy', joinPath(where(), name))
}

/** What a call carries besides its arguments. */
function checkCarried(options: StoredOptions | undefined, maxDepth: number, where: () => string): void {
  if (options === undefined || options === NO_OPTIONS) return
  if (options.headers !== undefined)
    refuseMoved(checkLazily(options.headers, maxDepth, where, 'options.headers'), where, 'options.headers')
  if (options.stamps !== undefined)
    refuseMoved(checkLazily(options.stamps, maxDepth, where, 'options.stamps'), where, 'options.stamps')
}

/** The path is made only for an error: most canvases have none, and there may be a million calls. */
function checkLazily(value: unknown, maxDepth: number, where: () => string, name: string): Moved {
  try {
    return checkSendable(value, { maxDepth, what: name })
  } catch {
    return checkSendable(value, { maxDepth, what: joinPath(where(), name) })
  }
}

const inEntryFile = (taskName: string): ConfigurationError =>
  new ConfigurationError(
    `the task "${taskName}" is defined in the file that the program was started with, and worker threads would run the whole program again to find it: move the task into a module of its own`,
    'url',
    taskName,
  )
