/** Tasks that use what a call can do in its life: retry, limits, revoke, children, replacement. */
import { chain, chord, defineTasks, group, task } from 'celeriac'

export const life = defineTasks(import.meta.url, {
  add: (x, y) => x + y,
  tsum: (numbers) => numbers.reduce((a, b) => a + b, 0),
  pack: (...args) => args,
  identity: (x) => x,
  fail(...args) {
    throw new RangeError(`fail:${args.at(-1)}`)
  },
  failure: (failure, label) => ({
    label,
    name: failure.error.name,
    message: failure.error.message,
    taskName: failure.taskName,
    taskId: failure.taskId,
  }),
  untilRetries(x, n) {
    if (this.retries < n) this.retry({ countdown: 0 })
    return [x, this.retries]
  },
  newArgs(x) {
    if (this.retries < 2) this.retry({ countdown: 0, args: [x + 10] })
    return x
  },
  gaveUp() {
    this.retry({ countdown: 0, error: new RangeError('gave up') })
  },
  auto: task({ retryFor: [RangeError], dontRetryFor: ['TypeError'], maxRetries: 2, retryDelay: 0 }, function (n, kind) {
    if (this.retries < n) throw kind === 'type' ? new TypeError('no') : new RangeError(`auto:${this.retries}`)
    return this.retries
  }),
  autoItem: task({ retryFor: ['RangeError'], retryDelay: 0 }, function (x) {
    if (this.retries === 0) throw new RangeError('first')
    return x * 2
  }),
  ignored() {
    this.ignore()
  },
  rejected() {
    this.reject()
  },
  requeued: task({ name: 'requeued' }, function () {
    globalThis.requeues = (globalThis.requeues ?? 0) + 1
    if (globalThis.requeues % 3 !== 0) this.reject({ requeue: true })
    return this.retries
  }),
  shows(state) {
    this.updateState(state, { half: true })
    this.progress(0.5)
    return 'shown'
  },
  showsAndIgnores() {
    this.updateState('MINE', { x: 5 })
    this.ignore()
  },
  replaceBySum(x) {
    return this.replace(chain(life.add.s(x, 1), life.add.s(10)))
  },
  replaceByGroup(x) {
    return this.replace(group([life.add.s(x, 1), life.add.s(x, 2)]))
  },
  replaceByFail() {
    return this.replace(life.fail.s('inside'))
  },
  replaceByChordFail() {
    return this.replace(chord([life.fail.s('header')], life.tsum.s()))
  },
  replaceByNothing() {
    return this.replace(chain())
  },
  fact(n) {
    return n <= 1 ? 1 : this.replace(chain(life.fact.s(n - 1), life.times.s(n)))
  },
  times: (x, y) => x * y,
  addsMember(x) {
    this.addToChord(life.add.s(x, 100))
    return x
  },
  async nested(depth) {
    if (depth === 0) return 0
    return 1 + (await this.apply(life.nested.s(depth - 1)).get())
  },
  async parent(n) {
    const children = [this.apply(life.add.s(n, 1)), this.apply(life.add.s(n, 2))]
    return (await Promise.all(children.map((child) => child.get()))).concat(
      await this.apply(life.fail.s('child'))
        .get({ propagate: false })
        .then((error) => error.message),
    )
  },
  childless() {
    this.apply(life.fail.s('nobody asks'))
    return 'done'
  },
  async childDate() {
    return await this.apply(life.identity.s(new Date(5))).get()
  },
  /** Never ends by itself, but stops when it is told to. */
  async waits() {
    await new Promise((_resolve, reject) => {
      if (this.signal.aborted) reject(this.signal.reason)
      this.signal.addEventListener('abort', () => reject(this.signal.reason))
    })
  },
  spins() {
    for (;;) this.signal.throwIfAborted()
  },
  async hangs() {
    await new Promise(() => {})
  },
  limits() {
    return [this.retries, this.eta, this.expires]
  },
  handled: task(
    {
      beforeStart(args) {
        this.progress(['beforeStart', ...args])
      },
      onSuccess(value, args) {
        this.progress(['onSuccess', value, ...args])
      },
      onFailure(error, args) {
        this.progress(['onFailure', error.message, ...args])
      },
      onRetry(error, args) {
        this.progress(['onRetry', error.message, ...args])
      },
      afterReturn(end) {
        this.progress(['afterReturn', end.state])
      },
    },
    function (mode) {
      if (mode === 'retry' && this.retries === 0) this.retry({ countdown: 0, error: new RangeError('again') })
      if (mode === 'fail') throw new RangeError('handled')
      if (mode === 'ignore') this.ignore()
      return mode
    },
  ),
  badHandler: task(
    {
      onSuccess() {
        throw new Error('in handler')
      },
    },
    () => 1,
  ),
  limited: task({ timeLimit: 100 }, async () => {
    await new Promise(() => {})
  }),
  softly: task({ softTimeLimit: 50 }, function () {
    for (;;) this.signal.throwIfAborted()
  }),
  softlyAsync: task({ softTimeLimit: 50 }, async function () {
    await new Promise((_r, reject) => this.signal.addEventListener('abort', () => reject(this.signal.reason)))
  }),
})
