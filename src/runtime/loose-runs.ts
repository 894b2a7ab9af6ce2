/**
 * Runs of lone calls that a loop applies by the thousand, each with a promise of its own. A workflow, a graph and somebody who waits for each
 * would cost more than all else, so those of one turn become one loose workflow. Each of its calls is as if it had been run alone. It does not
 * decide which runs may wait for that: its host does.
 *
 * `npm run bench -- dispatch` justifies it.
 */

import type { CallSource, Graph } from '../graph/graph.js'
import { compileLoose } from '../graph/lone.js'
import type { Workflow } from '../scheduler/workflow.js'
import { endOf } from './workflow-source.js'

/** What it needs of the runtime around it. */
export interface LooseRunsHost {
  /** Submits a graph; gives its workflow before anything of it has ended. */
  submit(graph: Graph): Workflow
  /** Somebody has a handle of one of its calls. */
  isHeld(workflow: Workflow): boolean
}

type Resolve = (value: never) => void
type Reject = (error: unknown) => void

/** Who waits for the calls of a workflow, and for how many of them. */
interface Waiting {
  readonly settlers: (Resolve | Reject | undefined)[]
  left: number
}

export class LooseRuns {
  readonly #host: LooseRunsHost
  #calls: CallSource[] = []
  /** Two for each call. */
  #settlers: (Resolve | Reject)[] = []
  readonly #waiting = new Map<Workflow, Waiting>()

  constructor(host: LooseRunsHost) {
    this.#host = host
  }

  /** Keeps a run until the end of the turn. */
  add(call: CallSource, resolve: Resolve, reject: Reject): void {
    if (this.#calls.push(call) === 1) queueMicrotask(() => this.flush())
    this.#settlers.push(resolve, reject)
    if (this.#calls.length === MOST_CALLS) this.flush()
  }

  /** What was kept goes to the scheduler: before anything else does, and before anybody looks. */
  flush(): void {
    if (this.#calls.length === 0) return
    const [calls, settlers] = [this.#calls, this.#settlers]
    this.#calls = []
    this.#settlers = []
    this.#waiting.set(this.#host.submit(compileLoose(calls)), { settlers, left: calls.length })
  }

  /** A call of a loose workflow has ended. */
  tell(workflow: Workflow, node: number): void {
    const waiting = this.#waiting.get(workflow)
    const resolve = waiting?.settlers[2 * node] as Resolve | undefined
    if (waiting === undefined || resolve === undefined) return
    const reject = waiting.settlers[2 * node + 1] as Reject
    waiting.settlers[2 * node] = waiting.settlers[2 * node + 1] = undefined
    const end = endOf(workflow, node)
    if (end.ok) resolve(end.value as never)
    else reject(end.error)
    if (!this.#host.isHeld(workflow)) workflow.drop(node) // the others may take long
    if (--waiting.left === 0) this.#waiting.delete(workflow)
  }
}

/** More become several workflows: one slow call keeps no more than so many others in memory. */
const MOST_CALLS = 4_096
