/** Ways to break the scheduler, each by one line: a simulator that does not notice one of them is not worth its time. */
import type { Edit } from './patched-copy.js'

const SCHEDULER = 'scheduler/scheduler.ts'
const QUEUE = 'scheduler/ready-queue.ts'

const edit = (from: string, to: string, file = SCHEDULER): Edit => ({ file, from, to })

export const MUTANTS: Readonly<Record<string, Edit>> = {
  'has no fence against late outcomes': edit('    this.#running.delete(number)\n', ''),
  'counts a join one short': edit('if (--filling.missing > 0)', 'if (--filling.missing > 1)'),
  'counts a join one over': edit('missing: width,', 'missing: width - 1 || 1,'),
  'runs a body whatever became of the header': edit(
    "if (end.status !== 'succeeded') return { do: 'skip'",
    "if (end.status === 'revoked') return { do: 'skip'",
  ),
  'lists values in the order in which they came': edit(
    'filling.values[slot] = end.value',
    'filling.values[filling.values.length - filling.missing] = end.value',
  ),
  'names the first failure in time': edit(
    'filling.failed === undefined || slot < filling.failed.slot',
    'filling.failed === undefined',
  ),
  'runs errbacks wherever the failure began': edit('failure.origin >= hook.from && failure.origin <= hook.to', 'true'),
  'makes no ChordError': edit(
    "if (end.status !== 'failed' || join === undefined || !join.isHeader) return end",
    'return end',
  ),
  'makes a ChordError of every failed group': edit(' || !join.isHeader) return end', ') return end'),
  'runs callbacks twice': edit('    this.#follow(started)\n', '    this.#follow([...started, ...started])\n'),
  'skips one step only': edit(
    "if (end.status !== 'succeeded') return { do: 'skip'",
    "if (end.status !== 'succeeded' && workflow.graph.calls[next] === undefined) return undefined\n    if (end.status !== 'succeeded') return { do: 'skip'",
  ),
  'gives no slot back': edit(
    '    this.#running.delete(number)\n    this.#free++\n',
    '    this.#running.delete(number)\n',
  ),
  'starts one call more than there are slots': edit('while (this.#free > 0 &&', 'while (this.#free >= 0 &&'),
  'forgets a call when its thread dies': edit(
    'return this.#settleBatch(stimulus.batch, (call) => (',
    'return this.#settleBatch(stimulus.batch, (call) => 0 as never && (',
  ),
  'forgets what runs when all is closed': edit('pending.push(...batch.calls)', 'pending.push(...batch.calls.slice(1))'),
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
    'const range = this.#ranges[this.#head]',
    'const range = this.#ranges.at(-1)',
    QUEUE,
  ),
  'takes the last of the calls that became ready together': edit(
    'const node = range.from++\n    if (range.from === range.to)',
    'const node = --(range as { to: number }).to\n    if (range.from === range.to)',
    QUEUE,
  ),
  'lets the errbacks of a body sleep when its header fails': edit(
    '{ scope: frame.scope, place: 1, header: frame.exit }',
    '{ scope: frame.scope, place: 1 }',
    'graph/compile.ts',
  ),
  'hands what comes in to immutable calls': edit(
    'if (task.immutable) return boundArgs(task)',
    'if (task.kwargs === null) return boundArgs(task)',
    'graph/call.ts',
  ),
}
