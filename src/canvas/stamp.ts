/**
 * `canvas.stamp`: writes stamps on every call inside, callbacks and errbacks included, and asks a visitor on the way. Like Celery it
 * leaves what only holds calls together unstamped. Without recursion, since canvases may be nested thousands deep.
 */
import { checkOptions, flag } from '../option-rules.js'
import type { Canvas, Chain, Chord, Group, Signature, StampVisitor } from './canvas.js'
import { distinct } from './equality.js'
import { MappedMembers } from './mapped-members.js'
import type { StoredOptions } from './options.js'
import { mergedStamps, NO_STAMPS, type StoredStamps, storedStamps } from './stamps.js'

/** Makes the same canvas with other parts and options; given from where canvases are made. */
export type Remake = (canvas: Canvas, parts: Readonly<Record<string, unknown>>, options: StoredOptions) => Canvas

const RULES = { append: flag }

/** @throws {@link ConfigurationError} for wrong stamps, options, or answers of a visitor; what the visitor throws. */
export function stamped(canvas: Canvas, given: unknown, options: unknown, remake: Remake): Canvas {
  checkOptions('stamp', options, RULES)
  const { append = false } = (options ?? {}) as { readonly append?: boolean }
  const visitor = isVisitor(given) ? given : undefined
  return new Stamping(visitor, append, remake).run(canvas, visitor ? NO_STAMPS : storedStamps('stamp', given))
}

const isVisitor = (given: unknown): given is StampVisitor =>
  typeof given === 'object' && given !== null && typeof (given as Partial<StampVisitor>).onSignature === 'function'

type Step = () => void
/** What a composite is put together from again. */
type PutTogether = (parts: readonly Canvas[]) => Readonly<Record<string, unknown>>
const asItWas: PutTogether = () => ({})

class Stamping {
  readonly #visitor: StampVisitor | undefined
  readonly #append: boolean
  readonly #remake: Remake
  /** What is still to be done, the next step last. */
  readonly #steps: Step[] = []
  #last: { readonly options: StoredOptions; readonly own: StoredStamps; readonly stamped: StoredOptions } | undefined
  /** Canvases that are done and not yet part of another one. */
  readonly #done: Canvas[] = []

  constructor(visitor: StampVisitor | undefined, append: boolean, remake: Remake) {
    this.#visitor = visitor
    this.#append = append
    this.#remake = remake
  }

  run(canvas: Canvas, stamps: StoredStamps): Canvas {
    this.#steps.push(() => this.#visit(canvas, stamps))
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) step()
    return this.#done.pop() as Canvas
  }

  /** @param above - What the canvases around have been stamped with. */
  #visit(canvas: Canvas, above: StoredStamps): void {
    switch (canvas.kind) {
      case 'chain':
        return this.#chain(canvas, above)
      case 'group':
        return this.#group(canvas, above)
      case 'chord':
        return this.#chord(canvas, above)
      default:
        return this.#call(canvas, canvas.kind === 'task' ? canvas : canvas.task, above)
    }
  }

  #call(canvas: Canvas, signature: Signature<any, unknown>, above: StoredStamps): void {
    const stamps = this.#with(above, 'onSignature', this.#visitor?.onSignature(signature))
    this.#rebuild(canvas, above, [], asItWas, stamps)
  }

  #chain(chain: Chain<any, unknown>, above: StoredStamps): void {
    const stamps = this.#with(above, 'onChainStart', this.#visitor?.onChainStart?.(chain))
    const steps = chain.steps.map((step) => () => this.#visit(step, stamps))
    const end = (): void => this.#visitor?.onChainEnd?.(chain)
    this.#rebuild(chain, stamps, [...steps, end], (made) => ({ steps: Object.freeze(made) }))
  }

  #group(group: Group<any, unknown>, above: StoredStamps): void {
    const stamps = this.#with(above, 'onGroupStart', this.#visitor?.onGroupStart?.(group))
    this.#members(group, stamps, () => this.#visitor?.onGroupEnd?.(group))
  }

  #members(group: Group<any, unknown>, stamps: StoredStamps, end: Step): void {
    const { members } = group
    if (isTable(members)) {
      // No member of `each` exists yet. They have no options of their own, so those of the group are theirs.
      const shared = this.#with(stamps, 'onSignature', this.#visitor?.onSignature(members.task))
      return this.#rebuild(group, stamps, [end], asItWas, shared)
    }
    if (!Array.isArray(members)) {
      const stampLater = (member: Canvas): Canvas =>
        new Stamping(this.#visitor, this.#append, this.#remake).run(member, stamps)
      return this.#rebuild(group, stamps, [end], () => ({ members: new MappedMembers(members, stampLater) }))
    }
    const steps = members.map((member: Canvas) => () => this.#visit(member, stamps))
    this.#rebuild(group, stamps, [...steps, end], (made) => ({ members: Object.freeze(made) }))
  }

  #chord(chord: Chord<any, unknown>, above: StoredStamps): void {
    const { header, body } = chord
    const inHeader = this.#headerStart(chord, above)
    const start = (): void => {
      if (header.kind === 'group') this.#members(header, inHeader, () => {})
      else this.#visit(header, inHeader)
    }
    const end = (): void => this.#headerEnd(chord)
    const goOn = (): void => this.#visit(body, this.#with(above, 'onChordBody', this.#visitor?.onChordBody?.(chord)))
    this.#rebuild(chord, above, [start, end, goOn], ([head, rest]) => ({ header: head, body: rest }))
  }

  /** To a visitor that knows nothing of headers, a header is the group that it is. */
  #headerStart(chord: Chord<any, unknown>, above: StoredStamps): StoredStamps {
    const { header } = chord
    if (this.#visitor?.onChordHeaderStart !== undefined)
      return this.#with(above, 'onChordHeaderStart', this.#visitor.onChordHeaderStart(chord))
    return header.kind === 'group' ? this.#with(above, 'onGroupStart', this.#visitor?.onGroupStart?.(header)) : above
  }

  #headerEnd(chord: Chord<any, unknown>): void {
    const { header } = chord
    if (this.#visitor?.onChordHeaderEnd !== undefined) this.#visitor.onChordHeaderEnd(chord)
    else if (header.kind === 'group') this.#visitor?.onGroupEnd?.(header)
  }

  /**
   * Links first, then what is inside, then the canvas itself of both.
   *
   * @param around - What links are stamped with.
   * @param own - What the canvas itself is stamped with; nothing, if it only holds others together.
   */
  #rebuild(canvas: Canvas, around: StoredStamps, inside: readonly Step[], put: PutTogether, own?: StoredStamps): void {
    const { link = [], linkError = [] } = canvas.options as StoredOptions
    const links = link.map((one) => (): void => {
      const callback = one as Canvas
      this.#visit(callback, this.#with(around, 'onCallback', this.#visitor?.onCallback?.(callback)))
    })
    const errbacks = linkError.map((one) => (): void => {
      const errback = one as Canvas
      this.#visit(errback, this.#with(around, 'onErrback', this.#visitor?.onErrback?.(errback)))
    })
    const before = this.#done.length
    const end = (): void => {
      const made = this.#done.splice(before)
      const parts = made.splice(link.length + linkError.length)
      this.#done.push(this.#remake(canvas, put(parts), this.#options(canvas.options as StoredOptions, made, own)))
    }
    this.#follow([...links, ...errbacks, ...inside, end])
  }

  #options(options: StoredOptions, links: readonly Canvas[], own: StoredStamps | undefined): StoredOptions {
    const { link, linkError, stamps } = options
    if (link === undefined && linkError === undefined) return this.#shared(options, own ?? NO_STAMPS)
    const callbacks = links.slice(0, link?.length ?? 0)
    return Object.freeze({
      ...options,
      // Callbacks that have become equal are kept once, as everywhere.
      ...(link && { link: Object.freeze(distinct(callbacks)) }),
      ...(linkError && { linkError: Object.freeze(distinct(links.slice(callbacks.length))) }),
      ...(own && own !== NO_STAMPS && { stamps: mergedStamps(own, stamps, this.#append) }),
    })
  }

  /** Neighbours that are stamped alike share their options: then they also leave for a thread together. */
  #shared(options: StoredOptions, own: StoredStamps): StoredOptions {
    if (own === NO_STAMPS) return options // the very same: a chain without options is still merged into another
    const last = this.#last
    if (last?.options === options && last.own === own) return last.stamped
    const stamped = Object.freeze({ ...options, stamps: mergedStamps(own, options.stamps, this.#append) })
    this.#last = { options, own, stamped }
    return stamped
  }

  /** What comes from above, with what the visitor answered; where both name a stamp, the one from above is the newer. */
  #with(above: StoredStamps, method: keyof StampVisitor, answer: unknown): StoredStamps {
    return answer === undefined ? above : mergedStamps(above, storedStamps(method, answer), this.#append)
  }

  /** Does these next, in this order. */
  #follow(steps: readonly Step[]): void {
    for (let i = steps.length - 1; i >= 0; i--) this.#steps.push(steps[i] as Step)
  }
}

/** The table of arguments behind `each`, told by its fields: its class makes canvases, and so stands above this file. */
const isTable = (members: Iterable<Canvas>): members is Iterable<Canvas> & { readonly task: Signature<any, unknown> } =>
  'table' in members && 'task' in members
