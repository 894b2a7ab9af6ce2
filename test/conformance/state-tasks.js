/** Tasks of a module with a state of its own, which tells on a board in shared memory what happened to it. */
import { currentTask, defineTasks } from 'celeriac'

let setups = 0
let board

export async function setup() {
  await Promise.resolve()
  setups++
}

export async function teardown() {
  await Promise.resolve()
  if (board !== undefined) Atomics.add(board, 0, 1)
  board = undefined
}

export const stateTasks = defineTasks(
  import.meta.url,
  {
    /** How often it was set up; inline, by all runtimes. */
    setups: () => setups,
    /** Counts its calls in the second cell; teardown counts itself in the first. */
    write: (given) => {
      board = given
      return Atomics.add(board, 1, 1)
    },
    child: () => 'child',
    parent: async () => await currentTask().apply(stateTasks.child.s()).get(),
  },
  { namespace: 'conformance' },
)
