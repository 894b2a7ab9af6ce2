/** What is left of the calls of a graph that has run: which tasks they were of. Their arguments are let go of. */

import type { AnySignature } from '../canvas/shape.js'
import { makeSignature } from '../canvas/shape.js'
import { NO_KWARGS } from '../canvas/signature.js'
import type { CallSource, Graph } from './graph.js'

const NO_ARGS: readonly unknown[] = Object.freeze([])

/** Members of a lazy group are let go of when they have ended: there may be more of them than fit into memory. What has items keeps them, for their number. */
export function forgetArguments({ calls }: Graph): void {
  let last: AnySignature | undefined
  const spent = calls as (CallSource | undefined)[] // nobody asks again what a call that has ended would run
  for (let node = 0; node < spent.length; node++) {
    const source = spent[node]
    if (source === undefined || !('kind' in source) || source.kind !== 'task') continue
    const { task, moduleUrl } = source
    if (last?.task !== task || last.moduleUrl !== moduleUrl)
      last = makeSignature({ kind: 'task', task, moduleUrl, args: NO_ARGS, kwargs: NO_KWARGS, immutable: true })
    spent[node] = last
  }
}
