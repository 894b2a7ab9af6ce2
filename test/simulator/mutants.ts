/** Ways to break the scheduler, each by one line: a simulator that does not notice one of them is not worth its time. */
import type { Edit } from './patched-copy.js'

const SCHEDULER = 'scheduler/scheduler.ts'
const QUEUE = 'scheduler/ready-queue.ts'
const WORKFLOW = 'scheduler/workflow.ts'
const FAILURES = 'scheduler/failures.ts'

const edit = (from: string, to: string, file = SCHEDULER): Edit => ({ file, from, to })

export const MUTANTS: Readonly<Record<string, Edit>> = {
  'has no fence against late outcomes': edit('    this.#running.delete(number)\n', ''),
  'counts a join one short': edit('if (--filling.missing > 0)', 'if (--filling.missing > 1)'),
  'counts a join one over': edit('missing: width,', 'missing: width - 1 || 1,', WORKFLOW),
  'runs a body whatever became of the header': edit(
    "if (end.status !== 'succeeded') return { do: 'skip'",
    "if (end.status === 'revoked') return { do: 'skip'",
  ),
  'lists values in the order in which they came': edit(
    'filling.values[slot] = end.value',
    'filling.values[filling.values.length - filling.missing] = end.value',
  ),
  'names the first failure in time': edit(
    'before === undefined || (!join.failFast && unfilled.slot < before.slot)',
    'before === undefined',
  ),
  'runs errbacks wherever the failure began': edit('failure.origin >= hook.from && failure.origin <= hook.to', 'true'),
  'makes no ChordError': edit(
    "if (end.status !== 'failed' || join === undefined || !join.isHeader) return end",
    'return end',
    FAILURES,
  ),
  'makes a ChordError of every failed group': edit(' || !join.isHeader) return end', ') return end', FAILURES),
  'runs callbacks twice': edit('    this.#follow(started)\n', '    this.#follow([...started, ...started])\n'),
  'skips one step only': edit(
    "if (end.status !== 'succeeded') return { do: 'skip'",
    "if (end.status !== 'succeeded' && workflow.graph.calls[next] === undefined) return undefined\n    if (end.status !== 'succeeded') return { do: 'skip'",
  ),
  'gives no slot back': edit('if (!running.isParked) this.#free++', ''),
  'starts one call more than there are slots': edit('while (this.#free > 0)', 'while (this.#free >= 0)'),
  'forgets a call when its thread dies': edit(
    'return this.#settleBatch(stimulus.batch, (call) => (',
    'return this.#settleBatch(stimulus.batch, (call) => undefined && (',
  ),
  'forgets what runs when all is closed': edit(
    'pending.push(...batch.calls',
    'pending.push(...([] as typeof batch.calls)',
  ),
  'starts calls after the close': edit(
    'if (this.#closed !== undefined) this.#skip',
    'if (this.#closed === null) this.#skip',
  ),
  'tells nobody of an end': edit(
    "if (workflow.watched.delete(node)) this.#out.push({ type: 'ended', workflow, node })",
    '',
  ),
  'tells nobody who asks after the end': edit(
    'if (stimulus.workflow.isFinal(stimulus.node))',
    'if (this.#closed === null)',
  ),
  'hands nothing on': edit(
    '{ args: [end.value], by: closerOf(workflow, node) }',
    '{ args: [], by: closerOf(workflow, node) }',
  ),
  'takes the newest call first': edit(
    'else this.#ranges.push({ workflow, from: node, to: node + 1, at })',
    'else this.#ranges.splice(this.#head, 0, { workflow, from: node, to: node + 1, at })',
    QUEUE,
  ),
  'takes the last of the calls that became ready together': edit(
    'last.to++',
    'this.#ranges.splice(-1, 0, { workflow, from: node, to: node + 1, at })',
    QUEUE,
  ),
  'lets the errbacks of a body sleep when its header fails': edit(
    '{ scope, place: 1, header: exit }',
    '{ scope, place: 1 }',
    'graph/compile.ts',
  ),
  'takes the lowest priority first': edit(
    'for (let priority = PRIORITIES - 1; priority >= 0; priority--) if',
    'for (let priority = 0; priority < PRIORITIES; priority++) if',
    QUEUE,
  ),
  'retries without going back to the queue': edit(
    'workflow.timers.delete(node)\n        this.#makeReady(workflow, node)',
    'workflow.timers.delete(node)',
  ),
  'counts no retries': edit('workflow.retries.set(node, attempt)', ''),
  'retries at once': edit("'retrying', this.#at + Math.max(delay, 0)", "'retrying', this.#at"),
  'does not revoke what runs': edit(
    'if (!workflow.isFinal(node)) this.#revokeNode(',
    "if (!workflow.isFinal(node) && workflow.status(node) !== 'running') this.#revokeNode(",
  ),
  'tells a revoked run nothing': edit('this.#cancel(workflow, node, error, terminate)', '{}'),
  'takes what a revoked run returns': edit('outcome !== undefined && isCurrent(call)', 'outcome !== undefined'),
  'does not wait for members that were added': edit('filling.missing++', ''),
  'forgets what a replaced call leads to': edit(
    "this.#steps.push({ do: 'end', workflow: outer, node, end: endOutside(workflow, node, end) })",
    '',
  ),
  'asks for no tick': edit("this.#out.push({ type: 'wake', at })", ''),
  'lets expired calls start': edit('this.#timers.set(at, revoke)', 'this.#timers.set(Infinity, revoke)'),
  'starts calls before their time': edit('at === undefined || at <= this.#at', 'at !== null'),
  'lends no slot of a parked call': edit('this.#free += isParked ? 1 : -1', ''),
  'tells no call what its child gave': edit(
    "this.#out.push({ type: 'tell', batch, call: 0, told: { kind: 'child', child, outcome } })",
    '',
  ),
  'forgets members that never began when it revokes a group': edit(
    'for (const inside of this.inside(at)) found.push(inside)',
    '',
    WORKFLOW,
  ),
  'hands what comes in to immutable calls': edit(
    'if (task.immutable) return boundArgs(task)',
    'if (task.kwargs === null) return boundArgs(task)',
    'graph/call.ts',
  ),
}
