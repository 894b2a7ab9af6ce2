/**
 * What a canvas means, by recursion and nothing else: its value or error, and every call that runs with its arguments, those of callbacks
 * and errbacks included. Written from the laws, told only what each task does. It knows nothing of graphs, order or threads, and is
 * too slow and too recursive for anything but tests.
 */
import type { Canvas, Chord, Group, Signature } from '../../src/canvas/canvas.js'
import { showCall } from './behaviour.js'

/** What comes into a canvas: arguments to put in front, and at the very start perhaps an options object. */
export interface Input {
  readonly args: readonly unknown[]
  readonly kwargs?: Readonly<Record<string, unknown>>
}

/** Where a failure began, as an errback is told. */
interface Site {
  readonly taskName: string
  readonly path: string
  readonly args: readonly unknown[]
  readonly attempt: number
}

/** `next` is what the step behind gets: the value, but for an empty chain at the start, which hands on whatever came in. */
type Outcome =
  | { readonly ok: true; readonly value: unknown; readonly next: Input }
  | { readonly ok: false; readonly error: Error; readonly site: Site }

/** One task function that ran. */
export interface Ran {
  /** Where its call stands in the applied canvas. */
  readonly path: string
  readonly text: string
}

/** All arguments, those without what came in, or none. */
export type Known = 'all' | 'rest' | 'nothing'

export interface World {
  /** What a task does: its value, or a throw. */
  perform(task: string, args: readonly unknown[]): unknown
  /** Why the call at this place never comes to run its task, if it does not. */
  lost?(path: string): Error | undefined
  /** What is known of the arguments of the call that was lost here: its errbacks are told of no others. */
  known?(path: string): Known
  /** Which run of the call at this place was its last; else the first. */
  attempt?(path: string): number | undefined
  /** What took the place of the call here. Asked once a call. */
  replacement?(path: string): Canvas | undefined
  /** Members that were added to the group here while it ran, in order. */
  added?(path: string): readonly Canvas[]
}

export interface Evaluation {
  readonly ok: boolean
  readonly value?: unknown
  /** The original error, as at the edge. */
  readonly error?: Error
  readonly ran: readonly Ran[]
}

export function evaluate(canvas: Canvas, world: World, input: Input = { args: [] }, path = ''): Evaluation {
  const evaluator = new Evaluator(world)
  const outcome = evaluator.evaluate(canvas, input, path)
  const { ran } = evaluator
  return outcome.ok ? { ok: true, value: outcome.value, ran } : { ok: false, error: unwrapped(outcome.error), ran }
}

const succeeded = (value: unknown): Outcome => ({ ok: true, value, next: { args: [value] } })
const at = (path: string, part: string): string => (path === '' ? part : `${path}.${part}`)
const withKwargs = (args: readonly unknown[], kwargs: object): readonly unknown[] =>
  Object.keys(kwargs).length === 0 ? args : [...args, kwargs]

class Evaluator {
  readonly ran: Ran[] = []
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  /** A canvas, then its callbacks or errbacks: they run once, and whatever becomes of them is theirs alone. */
  evaluate(canvas: Canvas, input: Input, path: string): Outcome {
    const outcome = this.#bare(canvas, input, path)
    if (!outcome.ok) this.#runErrbacks(canvas, outcome, path)
    else
      this.#linked(canvas, 'link').forEach((callback, i) => {
        this.evaluate(callback, { args: [outcome.value] }, at(path, `options.link[${i}]`))
      })
    return outcome
  }

  #runErrbacks(canvas: Canvas, { error, site }: Extract<Outcome, { ok: false }>, path: string): void {
    this.#linked(canvas, 'linkError').forEach((errback, i) => {
      const failure = { taskId: '', traceback: '', error, ...site }
      this.evaluate(errback, { args: [failure] }, at(path, `options.linkError[${i}]`))
    })
  }

  #linked(canvas: Canvas, name: 'link' | 'linkError'): readonly Canvas[] {
    return (canvas.options[name] ?? []) as readonly Canvas[]
  }

  #bare(canvas: Canvas, input: Input, path: string): Outcome {
    switch (canvas.kind) {
      case 'task': {
        const kwargs = canvas.immutable ? canvas.kwargs : { ...canvas.kwargs, ...input.kwargs }
        const args = withKwargs(canvas.immutable ? canvas.args : [...input.args, ...canvas.args], kwargs)
        return this.#run(path, canvas.task, args, () => this.#perform(path, canvas.task, args))
      }
      case 'chain':
        return canvas.steps.reduce<Outcome>(
          (earlier, step, i) => (earlier.ok ? this.evaluate(step, earlier.next, at(path, `steps[${i}]`)) : earlier),
          { ok: true, value: input.args[0], next: input },
        )
      case 'group':
        return this.#group(canvas, input, path)
      case 'chord':
        return this.#chord(canvas, input, path)
      case 'map':
        return this.#map(
          canvas.task,
          [...canvas.items].map((item) => [item]),
          path,
        )
      case 'starmap':
        return this.#map(canvas.task, [...canvas.items], path)
      case 'chunks':
        return this.#collect(
          slices([...canvas.items], canvas.size).map((items, i) =>
            this.#map(canvas.task, items, at(path, `members[${i}]`)),
          ),
          path,
        )
    }
  }

  /** Where an iterable fails there is a member that has failed, and none behind it. */
  #group({ members }: Group<never, unknown>, input: Input, path: string): Outcome {
    const outcomes: Outcome[] = []
    try {
      for (const member of members) outcomes.push(this.evaluate(member, input, at(path, `members[${outcomes.length}]`)))
    } catch (error) {
      const site = { taskName: '', path: at(path, `members[${outcomes.length}]`), args: [], attempt: 0 }
      outcomes.push({ ok: false, error: error as Error, site })
    }
    return this.#collect(outcomes, path, isLazy(members) ? 'added' : 'members')
  }

  /** The first failure in member order, else the list of values; those of added members come last. */
  #collect(own: readonly Outcome[], path: string, places: 'members' | 'added' = 'members'): Outcome {
    const added = (own.length > 0 && this.#world.added?.(path)) || []
    const members = [...own]
    const from = places === 'added' ? own.length : 0
    for (const member of added)
      members.push(this.evaluate(member, { args: [] }, at(path, `${places}[${members.length - from}]`)))
    return members.find((member) => !member.ok) ?? succeeded(members.map((member) => member.ok && member.value))
  }

  #chord({ header, body }: Chord<never, unknown>, input: Input, path: string): Outcome {
    const collected = this.evaluate(header as Canvas, input, at(path, 'header'))
    const bodyPath = at(path, 'body')
    if (collected.ok) return this.evaluate(body, collected.next, bodyPath)
    const error = Object.assign(new Error('', { cause: collected.error }), { name: 'ChordError' })
    const first = firstTask(body, bodyPath) ?? { taskName: '', path: bodyPath }
    const failed = { ok: false, error, site: { ...first, args: [], attempt: 0 } } as const
    this.#runErrbacks(body, failed, bodyPath)
    return failed
  }

  /** One call that runs the task on each item, the bound arguments behind it, and stops at the first that fails. */
  #map(mapped: Signature<never, unknown>, items: readonly (readonly unknown[])[], path: string): Outcome {
    const bound = withKwargs(mapped.args, mapped.kwargs)
    let failing = ''
    return this.#run(
      path,
      mapped.task,
      bound,
      () =>
        items.map((item, i) => {
          failing = `items[${i}]`
          return this.#perform(path, mapped.task, [...item, ...bound])
        }),
      () => failing,
    )
  }

  #run(
    path: string,
    taskName: string,
    args: readonly unknown[],
    body: () => unknown,
    item = (): string => '',
  ): Outcome {
    const replacement = this.#world.replacement?.(path)
    if (replacement !== undefined) {
      const end = this.evaluate(replacement, { args: [] }, path)
      return end.ok ? succeeded(end.value) : end
    }
    const site = { taskName, path, args, attempt: this.#world.attempt?.(path) ?? 1 }
    const lost = this.#world.lost?.(path)
    if (lost !== undefined) return { ok: false, error: lost, site: { ...site, args: this.#knownOf(path, args) } }
    try {
      return succeeded(body())
    } catch (error) {
      return { ok: false, error: error as Error, site: { ...site, path: item() === '' ? path : at(path, item()) } }
    }
  }

  #knownOf(path: string, args: readonly unknown[]): readonly unknown[] {
    const known = this.#world.known?.(path) ?? 'all'
    return known === 'all' ? args : known === 'rest' ? args.slice(1) : []
  }

  #perform(path: string, task: string, args: readonly unknown[]): unknown {
    this.ran.push({ path, text: showCall(task, args) })
    return this.#world.perform(task, args)
  }
}

const slices = <T>(items: readonly T[], size: number): T[][] =>
  items.length === 0 ? [] : [items.slice(0, size), ...slices(items.slice(size), size)]

/** Its members are not known before it runs. */
const isLazy = (members: Iterable<Canvas>): boolean => !Array.isArray(members) && !('table' in members)

/** The first task of a canvas in reading order, if it has any. */
function firstTask(canvas: Canvas, path: string): { taskName: string; path: string } | undefined {
  const firstOf = (parts: Iterable<Canvas>, name: string): { taskName: string; path: string } | undefined => {
    for (const [i, part] of [...parts].entries()) {
      const found = firstTask(part, at(path, `${name}[${i}]`))
      if (found !== undefined) return found
    }
    return undefined
  }
  switch (canvas.kind) {
    case 'task':
      return { taskName: canvas.task, path }
    case 'chain':
      return firstOf(canvas.steps, 'steps')
    case 'group':
      return isLazy(canvas.members) ? undefined : firstOf(canvas.members, 'members')
    case 'chord':
      return firstTask(canvas.header as Canvas, at(path, 'header')) ?? firstTask(canvas.body, at(path, 'body'))
    case 'chunks':
      return [...canvas.items].length === 0 ? undefined : { taskName: canvas.task.task, path: at(path, 'members[0]') }
    default:
      return { taskName: canvas.task.task, path }
  }
}

/** The error behind all chord errors. */
function unwrapped(error: Error): Error {
  return error.name === 'ChordError' ? unwrapped(error.cause as Error) : error
}
