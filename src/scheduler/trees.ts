/**
 * Of a loose workflow: what each of its calls has led to, until all of that has ended. Most lead to nothing, and are not in here. A workflow
 * of its own counts that itself.
 */

interface Tree {
  /** Workflows that are not finished; the call itself counts as one. */
  open: number
  calls: number
}

export class Trees {
  readonly #trees = new Map<number, Tree>()

  /** A pending call has led to a workflow of so many calls, itself or by others. */
  grow(node: number, calls: number): void {
    const tree = this.#trees.get(node) ?? { open: 1, calls: 1 }
    tree.open++
    tree.calls += calls
    this.#trees.set(node, tree)
  }

  /** The call has ended, or a workflow that it led to. Of the last, gives how many calls there were in all. */
  shrink(node: number): number | undefined {
    const tree = this.#trees.get(node)
    if (tree === undefined) return 1
    if (--tree.open > 0) return undefined
    this.#trees.delete(node)
    return tree.calls
  }
}
