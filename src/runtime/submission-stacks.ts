/**
 * Where a canvas was applied, as a stack that is made into text only when somebody looks. Walking the stack takes longer than all else that
 * applying one call does. So it is walked when the call has left and its thread is at work; and of very many applications in one turn, which a
 * loop makes in one place, the later ones share one.
 */

export class SubmissionStack {
  readonly #above: (...args: never[]) => unknown
  #walked: { readonly stack?: string } | undefined

  /** @param above - The function that the application called: its frame and those inside are left out. */
  constructor(above: (...args: never[]) => unknown) {
    this.#above = above
  }

  /** Walks the stack, unless that has been done. To be called while `above` is on it. */
  walk(): void {
    if (this.#walked !== undefined) return
    this.#walked = {}
    Error.captureStackTrace(this.#walked, this.#above)
  }

  get stack(): string | undefined {
    this.walk()
    return this.#walked?.stack
  }
}

/** Applications of one turn that get a stack of their own. */
const OWN_STACKS = 64

export class SubmissionStacks {
  #count = 0
  /** Before anything has been applied, it shows nothing. */
  #last = new SubmissionStack(() => {})

  /** Whoever applies something now shares the stack of those before. */
  get isShared(): boolean {
    return this.#count > OWN_STACKS
  }

  /** What those share. */
  get last(): SubmissionStack {
    return this.#last
  }

  /** @param above - See {@link SubmissionStack}. */
  here(above: (...args: never[]) => unknown): SubmissionStack {
    if (this.#count++ < OWN_STACKS) this.#last = new SubmissionStack(above)
    return this.#last
  }

  /** Something has happened since: whoever applies a canvas now does so in a turn of its own. */
  nextTurn(): void {
    this.#count = 0
  }
}
