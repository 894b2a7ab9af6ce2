/**
 * Who waits for the end of which node. Nearly always one, for the end of a whole workflow; but also ten thousand, for a member each, so
 * nothing here costs in proportion to how many others wait. It does not know what an end is.
 */

interface Waiter<Owner> {
  readonly node: number
  tell: (owner: Owner) => void
}

/** One who waits, or all by node. */
type Waiters<Owner> = Waiter<Owner> | Map<number, Set<Waiter<Owner>>>

const nothing = (): void => {}

export class Waiting<Owner extends object> {
  readonly #waiters = new Map<Owner, Waiters<Owner>>()

  /** Tells of the end of a node, once. Gives how to wait no longer. */
  add(owner: Owner, node: number, tell: (owner: Owner) => void): () => void {
    const waiter: Waiter<Owner> = { node, tell }
    this.#keep(owner, waiter)
    return () => this.#drop(owner, waiter)
  }

  /** For one who waits until the end, whatever happens. */
  addForGood(owner: Owner, node: number, tell: (owner: Owner) => void): void {
    this.#keep(owner, { node, tell })
  }

  /** Tells those who wait for that node, in the order in which they came. */
  tell(owner: Owner, node: number): void {
    const waiters = this.#waiters.get(owner)
    if (waiters === undefined) return
    if (!(waiters instanceof Map)) {
      if (waiters.node !== node) return
      this.#waiters.delete(owner)
      waiters.tell(owner)
      return
    }
    const told = waiters.get(node)
    if (told === undefined) return
    this.#forget(owner, waiters, node)
    for (const waiter of told) waiter.tell(owner)
  }

  /** For how many there is somebody who waits. */
  get size(): number {
    return this.#waiters.size
  }

  #keep(owner: Owner, waiter: Waiter<Owner>): void {
    const before = this.#waiters.get(owner)
    if (before === undefined) {
      this.#waiters.set(owner, waiter)
      return
    }
    const byNode = before instanceof Map ? before : new Map([[before.node, new Set([before])]])
    const beside = byNode.get(waiter.node)
    if (beside === undefined) byNode.set(waiter.node, new Set([waiter]))
    else beside.add(waiter)
    this.#waiters.set(owner, byNode)
  }

  /** What is being told just now is not told to it any more, either. */
  #drop(owner: Owner, waiter: Waiter<Owner>): void {
    waiter.tell = nothing
    const waiters = this.#waiters.get(owner)
    if (waiters === waiter) this.#waiters.delete(owner)
    if (!(waiters instanceof Map)) return
    const beside = waiters.get(waiter.node)
    if (beside?.delete(waiter) === true && beside.size === 0) this.#forget(owner, waiters, waiter.node)
  }

  #forget(owner: Owner, waiters: Map<number, Set<Waiter<Owner>>>, node: number): void {
    waiters.delete(node)
    if (waiters.size === 0) this.#waiters.delete(owner)
  }
}
