/** Graphs of calls that stand alone: of one, which most applications are, and of very many that have nothing to do with each other. */
import type { Canvas } from '../canvas/canvas.js'
import { NO_OPTIONS } from '../canvas/options.js'
import { type CallSource, type Graph, TO_NOWHERE } from './graph.js'

/** What such graphs share: all but the calls. */
const LONE = {
  to: Int32Array.of(TO_NOWHERE),
  slot: Int32Array.of(0),
  scope: Int32Array.of(-1),
  place: Int32Array.of(0),
  scopes: [],
  joins: new Map(),
  hooks: new Map(),
  ids: new Map(),
  delays: new Map(),
} as const

/** One call that says nothing of itself but how it runs: most applications are one. */
export function isLoneCall({ kind, options }: Canvas): boolean {
  if (kind !== 'task' && kind !== 'map' && kind !== 'starmap') return false
  if (options === NO_OPTIONS) return true
  const { link, linkError, taskId, countdown, eta } = options
  return (link ?? linkError ?? taskId ?? countdown ?? eta) === undefined
}

/** Its graph shares all but the call with every other one of its kind. */
export const loneCall = (call: CallSource): Graph => ({
  size: 1,
  entry: 0,
  exit: 0,
  calls: [call],
  to: LONE.to,
  slot: LONE.slot,
  scope: LONE.scope,
  place: LONE.place,
  scopes: LONE.scopes,
  joins: LONE.joins,
  hooks: LONE.hooks,
  ids: LONE.ids,
  delays: LONE.delays,
  callCount: 1,
})

/** The graph of calls that have nothing to do with each other. They say nothing of themselves but their arguments. */
export const compileLoose = (calls: readonly CallSource[]): Graph => ({
  ...LONE,
  isLoose: true,
  size: calls.length,
  entry: 0,
  exit: TO_NOWHERE,
  calls,
  to: new Int32Array(calls.length).fill(TO_NOWHERE),
  slot: new Int32Array(calls.length),
  scope: new Int32Array(calls.length).fill(-1),
  place: new Int32Array(calls.length),
  callCount: calls.length,
})
