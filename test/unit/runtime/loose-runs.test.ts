/** Very many runs of one turn: how many workflows they make, and what is kept of them. */
import { describe, expect, it } from 'vitest'
import type { CallSource, Graph } from '../../../src/graph/graph.js'
import { LooseRuns } from '../../../src/runtime/loose-runs.js'
import { DROPPED, Workflow } from '../../../src/scheduler/workflow.js'
import { tasks } from '../scheduler/by-hand.js'

/** Takes the graphs, and ends calls by hand. */
class Runs {
  readonly workflows: Workflow[] = []
  readonly settled: unknown[] = []
  isHeld = false
  readonly runs = new LooseRuns({
    submit: (graph: Graph) => {
      const workflow = new Workflow({ graph, keep: false, submittedAt: {}, at: 0 }, this.workflows.length, 'test-')
      this.workflows.push(workflow)
      return workflow
    },
    isHeld: () => this.isHeld,
  })

  add(count: number): void {
    for (let i = 0; i < count; i++)
      this.runs.add(
        tasks.a.s(i) as unknown as CallSource,
        (value) => void this.settled.push(value),
        (error) => void this.settled.push(error),
      )
  }

  succeed(workflow: Workflow, node: number, value: unknown): void {
    workflow.move(node, 'ready')
    workflow.move(node, 'running')
    workflow.end(node, { status: 'succeeded', value })
    this.runs.tell(workflow, node)
  }
}

describe('very many runs', () => {
  it('make a workflow for every 4,096 of a turn, and none for each', async () => {
    const runs = new Runs()
    runs.add(10_000)
    await null
    expect(runs.workflows.map(({ graph }) => graph.size)).toEqual([4_096, 4_096, 1_808])
  })

  it('leave at once if somebody looks, and make nothing of none', () => {
    const runs = new Runs()
    runs.add(2)
    runs.runs.flush()
    runs.runs.flush()
    expect(runs.workflows.map(({ graph }) => graph.size)).toEqual([2])
  })

  it('are settled one by one, each once, and their values forgotten', () => {
    const runs = new Runs()
    runs.add(2)
    runs.runs.flush()
    const [workflow] = runs.workflows as [Workflow]
    runs.succeed(workflow, 1, 'second')
    runs.runs.tell(workflow, 1)
    expect(runs.settled).toEqual(['second'])
    expect(workflow.value(1)).toBe(DROPPED)
    runs.succeed(workflow, 0, 'first')
    expect(runs.settled).toEqual(['second', 'first'])
  })

  it('keep their values while somebody holds a handle', () => {
    const runs = new Runs()
    runs.isHeld = true
    runs.add(1)
    runs.runs.flush()
    const [workflow] = runs.workflows as [Workflow]
    runs.succeed(workflow, 0, 'kept')
    expect(workflow.value(0)).toBe('kept')
  })
})
