/**
 * Where a canvas was applied, as a stack that is made into text only when somebody looks. Walking the stack costs more than all else that
 * applying one call does, so of very many applications in one turn, which a loop makes in one place, the later ones share one.
 */

export interface SubmissionStack {
  readonly stack?: string
}

/** Applications of one turn that get a stack of their own. */
const OWN_STACKS = 64

export class SubmissionStacks {
  #count = 0
  #last: SubmissionStack = {}

  /** Whoever applies something now shares the stack of those before. */
  get isShared(): boolean {
    return this.#count > OWN_STACKS
  }

  /** What those share. */
  get last(): SubmissionStack {
    return this.#last
  }

  /** @param above - The function that the application called: its frame and those inside are left out. */
  here(above: (...args: never[]) => unknown): SubmissionStack {
    if (this.#count++ < OWN_STACKS) {
      this.#last = {}
      Error.captureStackTrace(this.#last, above)
    }
    return this.#last
  }

  /** Something has happened since: whoever applies a canvas now does so in a turn of its own. */
  nextTurn(): void {
    this.#count = 0
  }
}
