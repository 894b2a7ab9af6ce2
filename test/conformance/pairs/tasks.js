/** Tasks for the table of pairs: each does one thing, and what it waits for is an event or a gate, never a time. */
import { defineTasks, task } from 'celeriac'

/** Resolves when somebody opens the gate: a cell in memory that all threads share. */
const opened = (gate) => Atomics.waitAsync(gate, 0, 0).value
/** Resolves when the running call is told to stop. */
const stopped = (signal) =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve())
  })

/** Runs again until it has had `n` retries. */
function flaky(x, n) {
  if (this.retries < n) this.retry({ countdown: 0 })
  return [x, this.retries]
}
/** Says that it runs, and goes on when the gate opens. */
async function gated(gate, x) {
  this.progress(x)
  await opened(gate)
  return x
}
/** Counts itself in, and tells how many were in at most, itself included. */
async function crowd(cells) {
  const inside = Atomics.add(cells, 0, 1) + 1
  const most = Math.max(Atomics.load(cells, 1), inside)
  Atomics.store(cells, 1, most)
  await new Promise((resolve) => setImmediate(resolve))
  Atomics.sub(cells, 0, 1)
  return most
}
const say = (word) =>
  function (...given) {
    this.progress([word, given[0] instanceof Error ? given[0].name : (given[0]?.state ?? given[0])])
  }
const handlers = {
  beforeStart() {
    this.progress(['before'])
  },
  onSuccess: say('success'),
  onFailure: say('failure'),
  onRetry: say('retry'),
  afterReturn: say('after'),
}

export const tasks = defineTasks(import.meta.url, {
  add: (x, y) => x + y,
  tsum: (numbers) => numbers.reduce((a, b) => a + b, 0),
  pack: (...args) => args,
  identity: (x) => x,
  fail(...args) {
    throw new RangeError(`fail:${args.at(-1)}`)
  },
  failure: (failure) => `${failure.taskName}: ${failure.error.code ?? failure.error.message}`,
  flaky,
  /** Says how often it was tried. */
  counts(n) {
    this.progress(this.retries)
    if (this.retries < n) this.retry({ countdown: 0 })
  },
  saysAndIgnores(x) {
    this.updateState('MINE', { x })
    this.progress(x)
    this.ignore()
  },
  saysAndRejects(x) {
    this.progress(x)
    this.reject()
  },
  async saysAndApplies(x) {
    this.progress(x)
    this.updateState('MINE', { x })
    return await this.apply(tasks.identity.s(x)).get()
  },
  /** Applies a child and does not wait for it. */
  leaves(name, ...args) {
    this.apply(tasks[name].s(...args))
    return 'left'
  },
  /** Waits for its retry as long as it takes. */
  waitsToRetry() {
    this.retry({ countdown: 600_000 })
  },
  retriesPastExpiry() {
    if (this.retries === 0) this.retry({ eta: new Date(this.expires.valueOf() + 1) })
    return this.retries
  },
  auto: task({ retryFor: [RangeError], retryDelay: 0 }, function (x, n) {
    if (this.retries < n) throw new RangeError(`auto:${x}`)
    return [x, this.retries]
  }),
  gated,
  /** Goes back to the queue when the gate opens. */
  async gatedRequeue(gate) {
    this.progress('in')
    await opened(gate)
    this.reject({ requeue: true })
  },
  /** Applies a child when the gate opens. */
  async gatedParent(gate) {
    this.progress('in')
    await opened(gate)
    return await this.apply(tasks.identity.s(5)).get()
  },
  /** Never ends by itself; says that it runs, and stops when it is told to. */
  async holds(x) {
    this.progress(x ?? 'in')
    await stopped(this.signal)
    throw this.signal.reason
  },
  /** The same, and returns as if nothing had been said. */
  async returnsWhenTold(x) {
    this.progress(x ?? 'in')
    await stopped(this.signal)
    return 'late'
  },
  /** Hears nothing. */
  async hangs() {
    this.progress('in')
    await new Promise(() => {})
  },
  async hangsOnce() {
    if (this.retries === 0) await new Promise(() => {})
    return this.retries
  },
  spins() {
    for (;;) this.signal.throwIfAborted()
  },
  spinsOnce() {
    while (this.retries === 0) this.signal.throwIfAborted()
    return this.retries
  },
  ignores() {
    this.ignore()
  },
  /** Ignores one of its items. */
  ignoresOdd(x) {
    if (x % 2 === 1) this.ignore()
    return x
  },
  rejects() {
    this.reject()
  },
  /** Goes back to the queue until it has run `n` times. */
  requeues(cells, n) {
    if (Atomics.add(cells, 0, 1) + 1 < n) this.reject({ requeue: true })
    return [Atomics.load(cells, 0), this.retries]
  },
  says(x) {
    this.progress(0.5)
    this.updateState('MINE', { x })
    return x
  },
  async saysAndHolds(x) {
    this.updateState('MINE', { x })
    this.progress(x)
    await stopped(this.signal)
    throw this.signal.reason
  },
  replaced(name, ...args) {
    return this.replace(tasks[name].s(...args))
  },
  replacedWith(options, name, ...args) {
    return this.replace(tasks[name].s(...args).set(options))
  },
  grown(name, ...args) {
    this.addToChord(tasks[name].s(...args))
    return 'grew'
  },
  grownWith(options, name, ...args) {
    this.addToChord(tasks[name].s(...args).set(options))
    return 'grew'
  },
  async applied(name, ...args) {
    return await this.apply(tasks[name].s(...args)).get()
  },
  async appliedWith(options, name, ...args) {
    return await this.apply(tasks[name].s(...args), options).get()
  },
  /** Waits for a child no longer than its own signal allows, and takes the child along. */
  async appliedWhile(name, ...args) {
    const child = this.apply(tasks[name].s(...args))
    try {
      return await child.get({ signal: this.signal })
    } catch (error) {
      child.revoke({ reason: 'parent' })
      throw error
    }
  },
  /** Applies a child, and then runs again. */
  async appliedTwice(name, ...args) {
    const value = await this.apply(tasks[name].s(...args)).get()
    if (this.retries === 0) this.retry({ countdown: 0 })
    return [value, this.retries]
  },
  about() {
    return [this.retries, this.eta !== undefined, this.expires !== undefined]
  },
  crowd,
  handled: task(handlers, function (how, ...args) {
    if (how === 'retry' && this.retries === 0) this.retry({ countdown: 0, error: new RangeError('again') })
    if (how === 'fail') throw new RangeError('no')
    if (how === 'ignore') this.ignore()
    if (how === 'reject') this.reject()
    if (how === 'requeue' && Atomics.add(args[0], 0, 1) === 0) this.reject({ requeue: true })
    if (how === 'replace') return this.replace(tasks.add.s(1, 1))
    if (how === 'grow') this.addToChord(tasks.add.s(1, 1))
    return how
  }),
  handledHolds: task(handlers, async function () {
    this.progress('in')
    await stopped(this.signal)
    throw this.signal.reason
  }),
  handledSpins: task(handlers, function () {
    for (;;) this.signal.throwIfAborted()
  }),
  handledHangs: task(handlers, async function () {
    this.progress('in')
    await new Promise(() => {})
  }),
  handledParent: task(handlers, async function () {
    return await this.apply(tasks.handled.s('ok')).get()
  }),
  ...strict(),
  ...limited(),
  ...single(),
})

/** Calls that leave alone, in strict order. */
function strict() {
  const alone = (fn, more) => task({ batch: false, ...more }, fn)
  return {
    step: alone((label) => label),
    stepFlaky: alone(flaky),
    stepGated: alone(gated),
    stepHolds: alone(async function (x) {
      this.progress(x)
      await stopped(this.signal)
      throw this.signal.reason
    }),
    stepFails: alone(() => {
      throw new RangeError('step')
    }),
    stepIgnores: alone(function () {
      this.ignore()
    }),
    stepRequeues: alone(function (cells, label) {
      if (Atomics.add(cells, 0, 1) === 0) this.reject({ requeue: true })
      return label
    }),
    stepReplaced: alone(function (label) {
      return this.replace(tasks.step.s(label))
    }),
    stepGrown: alone(function (label) {
      this.addToChord(tasks.step.s(label))
      return label
    }),
    stepApplied: alone(async function (label) {
      return await this.apply(tasks.step.s(label)).get()
    }),
    stepSays: alone(function (label) {
      this.progress(0.5)
      return label
    }),
    stepSpins: alone(function () {
      for (;;) this.signal.throwIfAborted()
    }),
    stepHangs: alone(async () => {
      await new Promise(() => {})
    }),
    stepHandled: alone((label) => label, handlers),
    stepCrowd: alone(crowd),
  }
}

/** Tasks that start at most once in 5 ms. */
function limited() {
  const slowly = (fn, more) => task({ rateLimit: 200, ...more }, fn)
  return {
    rated: slowly((label) => label),
    /** Starts so seldom that nobody waits for the second one. */
    rare: slowly((label) => label, { rateLimit: '1/h' }),
    ratedFlaky: slowly(flaky),
    ratedHolds: slowly(async function (x) {
      this.progress(x)
      await stopped(this.signal)
      throw this.signal.reason
    }),
    ratedSpins: slowly(function () {
      for (;;) this.signal.throwIfAborted()
    }),
    ratedHangs: slowly(async () => {
      await new Promise(() => {})
    }),
    ratedRequeues: slowly(function (cells, n) {
      if (Atomics.add(cells, 0, 1) + 1 < n) this.reject({ requeue: true })
      return this.retries
    }),
    ratedReplaced: slowly(function (label, isLast) {
      return isLast ? label : this.replace(tasks.ratedReplaced.s(label, true))
    }),
    ratedGrown: slowly(function (label, isLast) {
      if (!isLast) this.addToChord(tasks.ratedGrown.s(label, true))
      return label
    }),
    ratedApplied: slowly(async function (label, isLast) {
      return isLast ? label : await this.apply(tasks.ratedApplied.s(label, true)).get()
    }),
    ratedIgnores: slowly(function () {
      this.ignore()
    }),
    ratedSays: slowly(function (label) {
      this.progress(label)
      return label
    }),
    ratedHandled: slowly((label) => label, handlers),
    ratedSingle: slowly(crowd, { concurrency: 1 }),
    ratedStep: slowly((label) => label, { batch: false }),
  }
}

/** Tasks of which one runs at a time. */
function single() {
  const alone = (fn, more) => task({ concurrency: 1, ...more }, fn)
  return {
    one: alone(crowd),
    oneFlaky: alone(flaky),
    oneHolds: alone(async function (x) {
      this.progress(x)
      await stopped(this.signal)
      throw this.signal.reason
    }),
    oneGated: alone(gated),
    oneSpins: alone(function () {
      for (;;) this.signal.throwIfAborted()
    }),
    oneHangs: alone(async () => {
      await new Promise(() => {})
    }),
    oneRequeues: alone(function (cells, n) {
      if (Atomics.add(cells, 0, 1) + 1 < n) this.reject({ requeue: true })
      return this.retries
    }),
    oneReplaced: alone(function (cells) {
      return this.replace(tasks.one.s(cells))
    }),
    oneGrown: alone(function (cells) {
      this.addToChord(tasks.one.s(cells))
      return 0
    }),
    oneApplied: alone(async function (label) {
      return await this.apply(tasks.identity.s(label)).get()
    }),
    oneIgnores: alone(function () {
      this.ignore()
    }),
    oneSays: alone(function (label) {
      this.progress(label)
      return label
    }),
    oneHandled: alone((label) => label, handlers),
    oneStep: alone((label) => label, { batch: false }),
  }
}
