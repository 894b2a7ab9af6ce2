/** Which policy holds for a call: what is nearer wins. */
import { describe, expect, it } from 'vitest'
import { compile } from '../../../src/graph/compile.js'
import { Policies, taskOptionsOf } from '../../../src/scheduler/policies.js'
import { Workflow } from '../../../src/scheduler/workflow.js'
import { defineTasks, task } from '../../../src/task/task.js'
import { type Loose, loose } from './by-hand.js'

const defined = defineTasks('file:///policies.js', {
  plain: () => 1,
  patient: task({ priority: 3, maxRetries: 7 }, () => 1),
}) as unknown as Record<'plain' | 'patient', { s(): Loose; each(items: readonly unknown[][]): Loose }>
const { plain, patient } = defined

const workflowOf = (canvas: Loose): Workflow =>
  new Workflow({ graph: compile(canvas), keep: true, submittedAt: {}, at: 0 }, 0, 'policy-')
const policies = new Policies({ priority: 1, maxRetries: 1, timeLimit: 9 }, true)
const policyOf = (canvas: Loose, node = 0): unknown => policies.of(workflowOf(canvas), node).policy

describe('the policy of a call', () => {
  it('is what the runtime says by default, if nobody says anything', () => {
    expect(policyOf(plain.s())).toEqual({ priority: 1, maxRetries: 1, timeLimit: 9 })
  })

  it('is what its task says, over that', () => {
    expect(policyOf(patient.s())).toEqual({ priority: 3, maxRetries: 7, timeLimit: 9 })
  })

  it('is what the canvases around it say, over that, the inner ones first', () => {
    const inner = loose.group(patient.s()).set({ priority: 5 })
    const canvas = loose.chain(inner, patient.s()).set({ priority: 4, timeLimit: 8 })
    expect(policyOf(canvas, 1)).toEqual({ priority: 5, maxRetries: 7, timeLimit: 8 })
    expect(policyOf(canvas, 2)).toEqual({ priority: 4, maxRetries: 7, timeLimit: 8 })
    expect(policyOf(patient.each([[]]).set({ priority: 2 }), 1)).toMatchObject({ priority: 2 })
  })

  it('is what the call itself says, over all', () => {
    const canvas = loose.chain(patient.s().set({ priority: 9 }), plain.s()).set({ priority: 4 })
    expect(policyOf(canvas, 0)).toEqual({ priority: 9, maxRetries: 7, timeLimit: 9 })
  })

  it('is one object for all calls of a task that say nothing themselves', () => {
    const workflow = workflowOf(patient.each([[], []]))
    expect(policies.of(workflow, 1)).toBe(policies.of(workflow, 2))
  })

  it('has nothing of a task whose module is not known here', () => {
    const elsewhere = {
      ...patient.s(),
      module: 'file:///elsewhere.js',
      moduleUrl: 'file:///elsewhere.js',
    } as unknown as Loose
    expect(taskOptionsOf(workflowOf(elsewhere), 0)).toEqual({})
  })
})
