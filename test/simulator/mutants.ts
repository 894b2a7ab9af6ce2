/** Ways to break the scheduler, each by one line: a simulator that does not notice one of them is not worth its time. */
import type { Edit } from './patched-copy.js'

const QUEUE = 'scheduler/ready-queue.ts'
const WORKFLOW = 'scheduler/workflow.ts'
const FAILURES = 'scheduler/failures.ts'
const DISPATCHER = 'scheduler/dispatcher.ts'
const BATCH = 'scheduler/batch.ts'
const GATE = 'scheduler/gate.ts'
const FUSION = 'scheduler/fusion.ts'
const BREAKER = 'scheduler/breaker.ts'
const LOSSES = 'scheduler/losses.ts'

const edit = (from: string, to: string, file?: string): Edit => ({ file, from, to })

export const MUTANTS: Readonly<Record<string, Edit>> = {
  'has no fence against late outcomes': edit(
    'if (!this.release(run)) {',
    'if (!this.release(run) && this.#machine.closed === null) {',
  ),
  'counts a join one short': edit(
    'return --filling.missing > 0 ? undefined : this.endOfJoin(workflow, at, filling, node)',
    'return --filling.missing > 1 ? undefined : this.endOfJoin(workflow, at, filling, node)',
  ),
  'counts a join one over': edit('missing: width,', 'missing: width - 1 || 1,', WORKFLOW),
  'runs a body whatever became of the header': edit(
    "if (end.status !== 'succeeded') return { do: 'skip'",
    "if (end.status === 'revoked') return { do: 'skip'",
  ),
  'lists values in the order in which they came': edit(
    'if (slot < ADDED) filling.values[slot] = value',
    'if (slot < ADDED) filling.values[filling.values.length - filling.missing] = value',
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
  'runs callbacks twice': edit(
    '    this.#machine.follow(started)\n',
    '    this.#machine.follow([...started, ...started])\n',
  ),
  'skips one step only': edit(
    "if (end.status !== 'succeeded') return { do: 'skip'",
    "if (end.status !== 'succeeded' && workflow.graph.calls[next] === undefined) return undefined\n    if (end.status !== 'succeeded') return { do: 'skip'",
  ),
  'gives no slot back': edit(
    'lane.active += active - batch.active',
    'lane.active += Math.max(active - batch.active, 0)',
    DISPATCHER,
  ),
  'starts one call more than there are slots': edit(
    'if (lane.active < this.callsPerThread) return true',
    'if (lane.active <= this.callsPerThread) return true',
    DISPATCHER,
  ),
  'lets in one call more than may wait': edit(
    'this.#waitingWith(at, free, gated) <= this.#maxQueue',
    'this.#waitingWith(at, free, gated) <= this.#maxQueue + 1',
  ),
  'starts callbacks before the end of their node is written': edit(
    'workflow.end(node, end)\n    if (workflow.letGo(node))',
    `if (started.length > 0) {
      this.#machine.follow(started)
      this.workDown()
    }
    workflow.end(node, end)
    if (workflow.letGo(node))`,
  ),
  'never replaces a thread that has had all its calls': edit(
    "if (this.#machine.closed === undefined) this.#machine.out.push({ type: 'recycle', lane })",
    '',
  ),
  'lets calls that move their values have company': edit(
    'return graph.movesValues === true ? this.#aloneAs(plan) : plan',
    'return plan',
  ),
  'lets a hard limit pass': edit(
    "this.#machine.revocation.terminate(batch, { reason: 'time-limit', cause: error })",
    '',
  ),
  'forgets a call when its thread dies': edit('return this.#machine.losses.lose(stimulus)', 'return undefined'),
  'forgets what runs when all is closed': edit('pending.push(runAt(batch, place))', 'pending.push()'),
  'starts calls after the close': edit(
    'if (this.#machine.closed !== undefined && this.#machine.dispatcher.ready > 0) this.#machine.closing.revokeReady()',
    '',
  ),
  'tells nobody of an end': edit(
    "if (workflow.unwatch(node)) this.#machine.out.push({ type: 'ended', workflow, node })",
    '',
  ),
  'tells nobody who asks after the end': edit(
    'if (stimulus.workflow.isFinal(stimulus.node))',
    'if (this.#machine.closed === null)',
  ),
  'hands nothing on': edit(
    '{ args: [end.value], by: workflow.closerOf(node) }',
    '{ args: [], by: workflow.closerOf(node) }',
  ),
  'takes the newest call first': edit('this.#ranges.push(range)', 'this.#ranges.splice(this.#head, 0, range)', QUEUE),
  'takes the last of the calls that became ready together': edit(
    'last.to = range.to',
    'this.#ranges.splice(-1, 0, range)',
    QUEUE,
  ),
  'lets the errbacks of a body sleep when its header fails': edit(
    '{ scope, place: 1, header: exit }',
    '{ scope, place: 1 }',
    'graph/compile.ts',
  ),
  'takes the lowest priority first': edit(
    'for (; this.#top >= 0; this.#top--) { const first = (this.#lanes[this.#top] as Lane).first()',
    'for (let lane = 0; lane < PRIORITIES; lane++) { const first = (this.#lanes[lane] as Lane).first()',
    QUEUE,
  ),
  'retries without going back to the queue': edit(
    'this.noteNotPostponed(workflow)\n        this.makeReady(workflow, node)',
    'this.noteNotPostponed(workflow)',
  ),
  'counts no retries': edit('workflow.retries.set(node, part.attempt)', ''),
  'retries at once': edit("'retrying', this.#machine.at + delay)", "'retrying', this.#machine.at)"),
  'does not revoke what runs': edit(
    'if (!workflow.isFinal(node)) this.revokeNode(',
    "if (!workflow.isFinal(node) && workflow.status(node) !== 'running') this.revokeNode(",
  ),
  'tells a revoked run nothing': edit('this.#cancel(workflow, node, failure.error, terminate)', '{}'),
  'takes what a revoked run returns': edit(
    'if (isCurrent(run.part, run.node)) {',
    'if (this.#machine.closed !== null) {',
  ),
  'does not wait for members that were added': edit('filling.missing++', ''),
  'forgets what a replaced call leads to': edit(
    "this.#machine.steps.push({ do: 'end', workflow: outer, node, end: endOutside(workflow, node, end) })",
    '',
  ),
  'asks for no tick': edit("this.#machine.out.push({ type: 'wake', at })", ''),
  'lets expired calls start': edit(
    'this.#machine.timers.set(at, revoke)',
    'this.#machine.timers.set(Infinity, revoke)',
  ),
  'starts calls before their time': edit(
    'if (at !== undefined && at > this.#machine.at) this.postpone',
    'if (at === null) this.postpone',
  ),
  'lends no slot of a parked call': edit(' - batch.parkedCount', '', DISPATCHER),
  'tells no call what its child gave': edit(
    "this.#machine.out.push({ type: 'tell', batch: number, call, told: { kind: 'child', child, outcome } })",
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
  'loses what it takes back': edit('if (from < node + size) this.#machine.line.putBack(part, from, node + size)', ''),
  'puts what it takes back at the end of the line': edit(
    'this.#ranges.splice(at, 0, range)',
    'this.#ranges.push(range)',
    QUEUE,
  ),
  'puts calls back the wrong way round': edit(
    'a.order < b.order || (a.order === b.order && a.from < b.from)',
    'a.order < b.order',
    QUEUE,
  ),
  'takes back what has begun': edit('const first = Math.max(begun, at)', 'const first = Math.max(begun - 1, at)'),
  'asks for no end of the turn': edit("this.#machine.out.push({ type: 'flush' })", ''),
  'takes an end twice': edit('if (!this.isOpen(place)) return false', '', BATCH),
  'waits for steps that will not run': edit(
    'if (outcome.ok !== true) closeLinked(batch, place + 1)',
    'if (outcome.ok === null) closeLinked(batch, place + 1)',
  ),
  'miscounts what runs beside steps': edit(
    'return this.heads + (areSteps ? 1 : 0)',
    'return Math.min(this.open, 1)',
    BATCH,
  ),
  'blames all of a batch for the death of its thread': edit(
    'const begun = Math.min(known ?? batch.size, batch.size)',
    'const begun = batch.size',
  ),
  'runs again what ran when its thread died': edit('place === last || batch.hasLent(place)', 'batch.hasLent(place)'),
  'blames a call that had ended for the death under another one': edit('isUnder ? begun - 1 : -1', 'begun - 1'),
  'runs again what had lent its thread': edit('batch.hasLent(place) ||', ''),
  'forgets that a call waits for a child when it ends': edit(
    'batch.isParked(place) && batch.parked.delete(place)',
    'batch.isParked(place)',
  ),
  'never leaves a gate': edit('if (!isParked) part.plan.gate?.leave()', ''),
  'does not leave the gate of a call that is taken back': edit('gate?.leave()', '', DISPATCHER),
  'lets too many in at one time': edit(
    'return this.#running < this.#concurrency && now >= this.#nextAt',
    'return now >= this.#nextAt',
    GATE,
  ),
  'lets them in too soon': edit(
    'return this.#running < this.#concurrency && now >= this.#nextAt',
    'return this.#running < this.#concurrency',
    GATE,
  ),
  'does not take back what is revoked': edit(
    'batch.cancels.set(place, { error, terminate })\n    this.#machine.departures.recall(batch)',
    'batch.cancels.set(place, { error, terminate })',
  ),
  'does not take back a step that is revoked': edit(
    'if (batch !== undefined) this.#machine.departures.recall(batch)',
    '',
  ),
  'tells calls to stop that have not begun': edit('|| batch.isAnswered) return', '|| batch.isTaken) return'),
  'forgets when calls expire that come back': edit('this.#expire(part.workflow, node)', ''),
  'lets calls expire only where they are known to wait': edit('if (batch.isOpen(at + i)) this.recall(batch)', ''),
  'sends a call behind others that must start at once': edit(
    'return !isAlone && lane.ms < BATCH_MS',
    'return lane.ms < BATCH_MS',
    DISPATCHER,
  ),
  'gives company to a call that leaves alone': edit('range.plan.isAlone || (size', '(size', DISPATCHER),
  'goes on behind a call that has callbacks': edit('graph.hooks.has(node) || ', '', FUSION),
  'goes on at once with a step that has to wait': edit('graph.delays.has(next) || ', '', FUSION),
  'puts members that are pulled later over the first ones': edit(
    'filling.values[from + i] = values[i]',
    'filling.values[i] = values[i]',
  ),
  'ends a group while more of it is to be pulled': edit(
    'workflow.filling(node, join).missing = 1',
    'workflow.filling(node, join).missing = 0',
  ),
  'pulls the members of a group that was revoked': edit(
    "this.#machine.out.push({ type: 'release', workflow, node })",
    '',
  ),
  'goes on after a member that could not be pulled': edit(
    'if (isDone || error !== undefined) this.#end(intake)',
    'if (isDone) this.#end(intake)',
  ),
  'runs calls though too many threads have died': edit(
    'if (until !== undefined) this.#machine.losses.refuseReady(until)',
    'if (until === null) this.#machine.losses.refuseReady(until)',
  ),
  'refuses calls for ever': edit('return at > now ? at : undefined', 'return at', BREAKER),
  'counts one death too few': edit('this.#deaths.length < this.most', 'this.#deaths.length <= this.most', BREAKER),
  'takes a thread that was ended for one that has died': edit('terminated: false', 'terminated: true', BREAKER),
  'lets errbacks of refused calls leave': edit('while (dispatcher.ready > 0) {', '{', LOSSES),
  'counts a refused run': edit(
    'const attempt = workflow.attemptOf(node) - 1',
    'const attempt = workflow.attemptOf(node)',
    LOSSES,
  ),
  'takes a step for done whose kept value has died': edit(
    'if (!keepsValues(run.part)) return',
    'if (run.part !== undefined) return',
    LOSSES,
  ),
  'runs steps again of which nobody keeps the values': edit(
    'if (!keepsValues(run.part)) return',
    'if (run.part === undefined) return',
    LOSSES,
  ),
  'goes on with a step that comes first': edit('priority === plan.priority && ', '', FUSION),
}

/** What needs two things to go wrong one after the other, and so many seeds that only the search is asked. */
export const SEARCHED_MUTANTS: Readonly<Record<string, Edit>> = {
  'runs a step again that its thread died under, behind others': edit(
    'if (!(blamed instanceof Blamed)) return false',
    'if (blamed !== null) return false',
    LOSSES,
  ),
}

/** What the strategy names, and which of the mutants above it is here. */
export const NAMED_MUTANTS: Readonly<Record<string, string>> = {
  'no attempt fence': 'takes what a revoked run returns',
  'counter off by one': 'counts a join one over',
  'body on >= instead of ==': 'counts a join one short',
  'callback before state write': 'starts callbacks before the end of their node is written',
  'retry without requeue': 'retries without going back to the queue',
  'drop on crash': 'forgets a call when its thread dies',
  'skip propagation one level only': 'skips one step only',
  'revoke ignores running': 'does not revoke what runs',
  'unordered results': 'lists values in the order in which they came',
  'queue bound off by one': 'lets in one call more than may wait',
}
