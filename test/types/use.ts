// The contract's program, compiled against the built package, which 'celeriac' names: what users write, and what must not compile.
import {
  chain, chord, chunks, createRuntime, currentTask, defineTasks, failureOf, fromJSON, group, registerErrors, setDefaultRuntime, task, tasksFrom, transfer,
  CeleriacError, ChordError, TaskRevokedError, TimeLimitError,
  type AsyncResult, type Canvas, type CanvasJSON, type Chain, type Group, type GroupResult, type MissingOf, type ResultOf, type Runtime, type Signature, type Task, type TaskContext, type TaskFailure,
} from 'celeriac'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
const is = <A>() => <B>(_b: B, ..._x: Equal<A, B> extends true ? [] : [never]) => {}
const value = <C>(_c: C) => null! as ResultOf<C>
declare const runtime: Runtime

export const { add, mul, tsum, upper, opt, bound, size, onerr, shrink, sumMutable, mode, nothing } = defineTasks('file:///x', {
  add(x: number, y: number) { return x + y },
  async mul(x: number, y: number) { return x * y },
  tsum(xs: readonly number[]) { return xs.reduce((a, b) => a + b, 0) },
  upper(s: string) { return s.toUpperCase() },
  opt(x: number, o?: { verbose?: boolean; level?: number }) { return `${x}${o?.verbose}` },
  bound(x: number) { this.progress(0.5); if (this.retries < 3) this.retry(); return [x, x] },
  size: (s: string) => s.length,
  onerr(failure: TaskFailure, o?: { label: string }) { return failure.taskId + o?.label },
  shrink: task({ maxRetries: 3, retryBackoff: true, timeLimit: 30_000, retryFor: [RangeError, 'ValueError'],
    onSuccess(v, args) { this.progress(args.length); void v }, afterReturn(end) { if (end.state === 'SUCCESS') end.value; else end.error.message },
  }, function (image: Uint8Array, o?: { width?: number }) {
    this.progress(0.5); this.signal.throwIfAborted(); is<number>()(this.retries)
    return image
  }),
  sumMutable(xs: number[], o: { scale: number; tags: string[] }) { return xs.length * o.scale },
  mode(m: 'a' | 'b', n: number) { return m === 'a' ? n : String(n) },
  nothing() {},
})
is<Task<[x: number, y: number], number, number>>()(add)
is<number>()(add(2, 2)); is<Promise<number>>()(mul(2, 2))

// ── positive: everything of the prototype ──
const c1 = chain(add.s(2, 2), mul.s(8)); is<number>()(value(c1)); c1.delay()
const c2 = chord([add.s(1, 1), add.s(2, 2)], tsum.s()); is<number>()(value(c2)); c2.delay()
const g1 = group(add.s(1, 1), upper.s('a')); is<[number, string]>()(value(g1)); g1.delay()
const g2 = group([add.s(1, 1), upper.s('a')]); is<[number, string]>()(value(g2))
const g3 = group(Array.from({ length: 9 }, (_, i) => add.s(i, i))); is<number[]>()(value(g3)); g3.delay()
const c3 = chain(add.s(1, 1), upper.si('x'), size.s()); is<number>()(value(c3)); c3.delay()
const c4 = chain(add.s(1, 1), group(mul.s(2), add.s(3)), tsum.s(), chain(mul.s(2), mul.s(3)), opt.s({ verbose: true }), upper.s())
is<string>()(value(c4)); c4.delay()
const c5 = add.s(1, 1).pipe(mul.s(2)).pipe(group(mul.s(2), opt.s())); is<[number, string]>()(value(c5))
chord([chain(add.s(1, 1), mul.s(2)), chord([add.s(1, 1), add.s(2, 2)], tsum.s())], tsum.s()).delay()
const c7 = chain(mul.s(2), mul.s(3)); c7.applyAsync({ args: [5] })
chain(bound.s(1), tsum.s()).delay()
add.s(1, 1).link(mul.s(2)).linkError(onerr.s()).linkError(onerr.with({ label: 'x' }).s())
tsum.map([[1, 2], [3]]); add.starmap([[1, 2], [3, 4]]); add.chunks([[1, 2]], 10); add.starmap([[1, 2]] as const)
const g4 = group(mul.s(2), opt.s()); g4.applyAsync({ args: [5] }); chain(add.s(1, 1), g4).delay()
declare function identity<T>(x: T): T
declare function over(x: number): number; declare function over(x: string): string
declare function variadic(a: string, ...xs: number[]): number
declare function objarg(o: { a: number; b?: string }): boolean
const mod = tasksFrom<{ identity: typeof identity; over: typeof over; variadic: typeof variadic; objarg: typeof objarg; VERSION: string; setup(): void }>(new URL('file:///x'))
const m1 = mod.identity.s(3); is<unknown>()(value(m1))
mod.over.s('x'); mod.variadic.s('a', 1, 2, 3).delay(); chain(upper.s('a'), mod.variadic.s(1, 2)).delay()
mod.objarg.s({ a: 1 }).delay(); chain(add.s(1, 1), opt.s({ verbose: true })).delay(); opt.s(5).delay()
is<Promise<number>>()(mod.variadic('a', 1))
chain(group(Array.from({ length: 3 }, (_, i) => add.s(i, 1))), tsum.s()).delay()
chain(add.starmap([[1, 2]]), tsum.s()).delay()
const anySig = null! as Signature<[], any>; anySig.pipe(mul.s(2))

// ── positive: new ──
// chord headers: array, group, iterable, chunks; bodies of every kind
chord(group(add.s(1, 1), add.s(2, 2)), tsum.s()).delay()
chord(new Set([add.s(1, 1), add.s(2, 2)]), tsum.s()).delay()
const total = defineTasks('file:///y', { total: (xss: readonly (readonly number[])[]) => xss.flat().length }).total
is<number>()(value(chord(add.chunks([[1, 2], [3, 4]], 2), total.s()))); chain(add.chunks([[1, 2]], 2), total.s()).delay()
chord([], tsum.s()).delay(); group().delay(); is<[]>()(value(group())); group([]).delay()
const chordIn = chord([mul.s(2), add.s(3)], tsum.s()); runtime.run(chordIn, { args: [5] }); chain(add.s(1, 1), chordIn, mul.s(2)).delay()
const deep = group(group(add.s(1, 1), upper.s('a')), group(group(add.s(1, 2)))); is<[[number, string], [[number]]]>()(value(deep))
// inputs that are ignored: si, map, starmap, chunks
chain(upper.s('a'), add.si(1, 1), mul.s(2)).delay(); chain(upper.s('a'), tsum.map([[1]]), tsum.s()).delay()
group(mul.s(2), size.si('x'), add.starmap([[1, 2]])).applyAsync({ args: [2] })
// arrays and iterables of steps
is<number>()(value(chain([upper.s('a'), size.s()]))); chain([upper.s(), size.s()]).applyAsync({ args: ['a'] }); chain(new Set([mul.s(2), mul.s(3)])).applyAsync({ args: [1] }); is<Chain<[x: number], number>>()(chain(Array.from({ length: 3 }, () => mul.s(2))))
function maybeOptions(c: Canvas<[], number>, o?: { priority: number }) { return runtime.run(c, o) }; maybeOptions(add.s(1, 1))
chain(Array.from({ length: 100_000 }, () => mul.s(2))).applyAsync({ args: [1] }); chain(...Array.from({ length: 10 }, () => mul.s(2))); chain()
is<Chain<[] | [x: number], number>>()(null! as Chain<[] | [x: number], number>)
// handles
const h1 = runtime.apply(add.s(1, 1)); is<AsyncResult<number>>()(h1)
const h2 = runtime.apply(g1); is<GroupResult<[number, string]>>()(h2); is<AsyncResult<string>>()(h2.results[1])
const h3 = runtime.apply(chain(add.s(1, 1), group(mul.s(2), opt.s()))); is<GroupResult<[number, string]>>()(h3)
const h4 = runtime.apply(chord([add.s(1, 1)], group(tsum.s(), tsum.s())).set({ priority: 3 })); is<GroupResult<[number, number]>>()(h4)
const h5 = runtime.apply(add.chunks([[1, 2]], 1)); is<GroupResult<number[][]>>()(h5)
const h6 = runtime.apply(tsum.map([[1]])); is<AsyncResult<number[]>>()(h6); const h7 = c5.delay(); is<GroupResult<[number, string]>>()(h7)
const asBase: AsyncResult<[number, string]> = h2; if (asBase.isGroup()) is<GroupResult<[number, string]>>()(asBase)
async function results() {
  is<number>()(await runtime.run(chain(mul.s(5, 5), add.s(4), mul.s(8)))); is<number>()(await h1.get()); is<[number, string]>()(await h2.get({ timeout: 1_000 }))
  is<number | Error>()(await h1.get({ propagate: false }))
  const [a, b] = await h2.get({ propagate: false }); is<number | Error>()(a); is<string | Error>()(b)
  for await (const one of h2.iterate({ ordered: true })) if (one.ok) is<number | string>()(one.value); else one.error.message
  for await (const n of runtime.map(size, ['a', 'b'])) is<number>()(n)
  for await (const n of runtime.map(mul.s(2), (async function* () { yield 1 })(), { window: 10, ordered: false })) is<number>()(n)
  for await (const n of runtime.starmap(add, [[1, 2], [3, 4]])) is<number>()(n)
  for await (const s of runtime.map(opt.with({ verbose: true }), [1, 2])) is<string>()(s)
  for await (const s of runtime.map(opt, [1, 2])) is<string>()(s)
  await using r = createRuntime({ threads: 4, executor: 'inline', resourceLimits: { maxOldGenerationSizeMb: 64 } })
  r.on('task-failed', (e) => { e.error.message; e.path }).once('worker-online', (e) => e.threadId)
  await r.close({ drain: true, timeout: 1_000 })
}
is<AsyncResult<number>>()(add.delay(1, 2)); is<[number, string]>()(value(group(add.s(1, 1), upper.s('a')))); is<number[]>()(value(add.each([[1, 2], [3, 4]]))); is<GroupResult<number[]>>()(runtime.apply(add.each([[1, 2]]))); chain(upper.s('a'), add.each([[1, 2]]), tsum.s()).delay()
runtime.run(mul.s(2), { args: [1] }); runtime.run(add.s(1, 1), { priority: 9, signal: AbortSignal.timeout(5) }); runtime.run(opt.s(), { args: [1, { level: 2 }], kwargs: { verbose: true } })
// options by name
const v = opt.with({ verbose: true }); chain(add.s(1, 1), v.s(), upper.s()).delay(); v.s(5).delay(); v.with({ level: 2 }).s(1).delay(); sumMutable.with({ scale: 2, tags: ['a'] }).s([1, 2]).delay()
// setters keep the type
const set1 = mul.s(2).set({ priority: 9, countdown: 10, link: mul.s(3) }); is<Signature<[x: number], number>>()(set1); is<typeof g1>()(g1.set({ failFast: true }).stamp({ tenant: 1 }).skew(0, 5))
// partials
mul.s(2).partial(3).delay(); const trio = defineTasks('file:///t', { trio: (a: string, b: number, c: boolean) => [a, b, c] as const }).trio
trio.s(true).partial(1).partial('a').delay(); chain(upper.s('a'), trio.s(1, true)).delay(); trio.s().applyAsync({ args: ['a', 1, true] }); group(mul.s(2)).partial(1).delay()
// literals, mutable arrays, no parameters
mode.s('a', 1).delay(); chain(upper.si('x'), mode.si('b', 2)).delay(); sumMutable.s([1, 2], { scale: 1, tags: ['x'] }).delay(); nothing.s().delay(); nothing.delay()
is<string | number>()(value(mode.s('a', 1)))
// bound arguments behind the item
is<number[]>()(value(mul.s(2).map([1, 2, 3]))); mul.s(2).starmap([[1], [2]]); chunks(add, [[1, 2]], 2).delay(); chunks(mul.s(2), [[1], [2]], 2).delay()
// JSON: nothing is known
declare const json: CanvasJSON; const un = fromJSON(json, { tasks: { add, mul } }); is<Canvas<any, unknown>>()(un); is<Promise<unknown>>()(runtime.run(un)); chain(add.s(1, 1), un).delay(); fromJSON('{}', { tasks: [add, mul] })
add.s(1, 2).toJSON().subtask_type
// the union: discriminated, and its methods work before narrowing
function walk(c: Canvas): string {
  switch (c.kind) {
    case 'task': return c.task
    case 'chain': return c.steps.map(walk).join()
    case 'group': return [...c.members].map(walk).join()
    case 'chord': return walk(c.header) + walk(c.body)
    case 'map': case 'starmap': case 'chunks': return walk(c.task)
    default: { const never: never = c; return never }
  }
}
function afterwards(c: Canvas<[number], string>) { c.set({ priority: 1 }); c.link(size.s()); c.partial(1).delay(); return c.pipe(size.s()).pipe(mul.s(2)) }
const assigned: Canvas<[number], number>[] = [mul.s(2), chain(mul.s(2), mul.s(3)), chordIn, add.si(1, 1)]; walk(assigned[0]!); walk(g1); walk(chordIn); afterwards(opt.s())
is<number>()(value(afterwards(opt.s())))
function twice<R>(c: Canvas<[], R>, next: Canvas<[R], R>) { return c.pipe(next).pipe(next) }
twice(add.s(1, 1), mul.s(2)).delay(); async function generic<R>(c: Canvas<[], R>): Promise<R> { return runtime.run(c) }; generic(add.s(1, 1))
// inside a task: recursion with a written return type, replace checked against it, children
export const { fact, fib, parent } = defineTasks('file:///f', {
  fact(n: number): number { return n <= 1 ? 1 : this.replace(chain(fact.s(n - 1), mul.s(n))) },
  fib(n: number): number { return n < 2 ? n : this.replace(chord([fib.s(n - 1), fib.s(n - 2)], tsum.s())) },
  async parent(n: number) { const one = this.apply(add.s(n, 1)); this.addToChord(add.s(1, 1)); is<number>()(await one.get()); return (await one.get({ timeout: 5 })) + currentTask().retries },
})
function explicit(this: TaskContext, n: number) { return this.id + n }; is<string>()(value(defineTasks('file:///e', { explicit }).explicit.s(1)))
class MyError extends Error { constructor(readonly status: number) { super() } }; registerErrors(MyError, RangeError)
const big = new Uint8Array(8); shrink.s(transfer(big, [big.buffer])).delay(); is<Uint8Array>()(shrink(big))
function caught(e: unknown) {
  failureOf(e)?.path
  if (e instanceof ChordError) e.cause.message; if (e instanceof TaskRevokedError) e.terminated
  if (e instanceof CeleriacError && e.code === 'ERR_CLOSED') e.message
  if (e instanceof TimeLimitError) is<'ERR_TIME_LIMIT'>()(e.code)
}
runtime.schedule({ name: 'nightly', canvas: add.s(1, 1), cron: '0 3 * * *', overlap: 'queue' }).pause(); runtime.schedule({ name: 'often', canvas: c1, every: 1_000 })
const before = setDefaultRuntime(runtime); setDefaultRuntime(before)
// cloneable: natives, maps, recursive types, any, unknown
interface Tree { v: number; kids: Tree[] }
defineTasks('file:///ok', {
  natives: (a: { d: Date; xs: Float64Array; m: Map<string, { n: number }>; e: Error; b: Buffer }) => [a.d, 1n] as const,
  tree: (t: Tree) => t, loose: (a: any, b: unknown) => a, opt: (a?: { b?: { c: string } }) => a, readonlys: (a: readonly [Readonly<{ x: number }>]) => a,
})

declare const maybe: Signature<[], number | undefined>

// ── must not compile ──
// @ts-expect-error number is not string
chain(add.s(2, 2), upper.s())
// @ts-expect-error fully bound, not immutable: would receive an extra argument
chain(add.s(2, 2), mul.s(8, 8))
// @ts-expect-error missing an argument
mul.s(8).delay()
// @ts-expect-error wrong type
add.s('x')
// @ts-expect-error too many
add.s(1, 2, 3)
// @ts-expect-error si needs all
add.si(1)
// @ts-expect-error body takes numbers, header gives a string
chord([add.s(1, 1), upper.s('a')], tsum.s())
// @ts-expect-error wrong in the middle
chain(add.s(1, 1), mul.s(2), upper.s(), size.s(), mul.s(2))
// @ts-expect-error piping a string in
upper.s('a').pipe(mul.s(2))
// @ts-expect-error group member cannot take a string
chain(upper.s('a'), group(mul.s(2), size.s()))
// @ts-expect-error chain missing its head argument
c7.delay()
// @ts-expect-error link callback type
add.s(1, 1).link(upper.s())
// @ts-expect-error undefined is not a number
maybe.pipe(mul.s(2))
// @ts-expect-error run: arguments missing
runtime.run(mul.s(8))
// @ts-expect-error run: arguments of the wrong type
runtime.run(mul.s(8), { args: ['x'] })
// @ts-expect-error run: options without the missing arguments
runtime.run(mul.s(8), { priority: 1 })
// @ts-expect-error run: unknown option
runtime.run(add.s(1, 1), { timout: 5 })
// @ts-expect-error apply: arguments missing
runtime.apply(group(mul.s(2), add.s(3)))
// @ts-expect-error set: unknown option
add.s(1, 1).set({ prio: 1 })
// @ts-expect-error set: signal belongs to one application
add.s(1, 1).set({ signal: AbortSignal.timeout(1) })
// @ts-expect-error set: link of the wrong type
add.s(1, 1).set({ link: upper.s() })
// @ts-expect-error linkError needs a canvas that takes a TaskFailure
add.s(1, 1).linkError(upper.s())
// @ts-expect-error an unknown option of the task
opt.with({ verbos: true })
// @ts-expect-error add has no options object
add.with({ a: 1 })
// @ts-expect-error wrong option type
opt.with({ level: 'x' })
// @ts-expect-error shrink takes bytes first: its only object parameter left is not an options object
shrink.with({ width: 1 }).with({ height: 1 })
// @ts-expect-error map needs a task of one argument
add.map([1, 2])
// @ts-expect-error stream: item type
runtime.map(size, [1, 2])
// @ts-expect-error stream: more than one argument
runtime.map(add, [1, 2])
// @ts-expect-error stream: tuples
runtime.starmap(add, [[1, 'x']])
// @ts-expect-error partial of the wrong type
mul.s(2).partial('x')
// @ts-expect-error steps in an array
chain([size.s(), upper.s()])
// @ts-expect-error steps in an array of unknown length: each must take what any gives
chain(Array.from({ length: 3 }, () => size.s()))
// @ts-expect-error the same, spread
chain(...Array.from({ length: 3 }, () => size.s()))
// @ts-expect-error a bare signature is no header
chord(add.s(1, 1), tsum.s())
// @ts-expect-error body missing
chord([add.s(1, 1)])
// @ts-expect-error chunks body gets a list of lists
chord(add.chunks([[1, 2]], 2), tsum.s())
// @ts-expect-error frozen
add.s(1, 1).args.push(1)
// @ts-expect-error schedule: every or cron, not both
runtime.schedule({ name: 'x', canvas: c1, every: 1, cron: '* * * * *' })
// @ts-expect-error schedule: incomplete canvas
runtime.schedule({ name: 'x', canvas: mul.s(1), every: 1 })
// @ts-expect-error unknown event
runtime.on('task-done', () => {})
// @ts-expect-error unknown runtime option
createRuntime({ thread: 1 })
// @ts-expect-error rate limit
task({ rateLimit: '10/d' }, (n: number) => n)
// @ts-expect-error private: no setup in the tasks of a module
mod.setup
// @ts-expect-error the value of an unknown canvas is unknown
runtime.run(un).then((n) => n.toFixed())
defineTasks('file:///bad', {
  // @ts-expect-error the context has no such member
  a(n: number) { this.nope; return n },
  // @ts-expect-error the context has no such member, in task()
  b: task({}, function (n: number) { this.nope; return n }),
})
defineTasks('file:///bad', {
  // @ts-expect-error takes a callback
  cb: (f: () => void) => 1,
  // @ts-expect-error returns a function, nested
  fn: (n: number) => ({ n, f: () => n }),
  // @ts-expect-error returns a symbol
  sym: () => Symbol(),
  // @ts-expect-error in task() too
  opts: task({}, (f: () => void) => 1),
})
// @ts-expect-error replace: the value does not fit the return type
defineTasks('file:///bad', { r(n: number): number { return this.replace(upper.s('x')) } })
// @ts-expect-error replace: arguments missing
defineTasks('file:///bad', { r(n: number): number { return this.replace(mul.s(1)) } })
