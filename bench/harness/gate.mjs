/** Holds every thread of a runtime or pool, so that whatever is called meanwhile stays pending. */
import { THREADS } from './pools.mjs'
import { times } from './workloads.mjs'

/**
 * @param block - Calls the task `block` once, with the gate.
 * @returns What opens the gate again, and waits for the blocked calls.
 */
export async function holdThreads(block) {
  const gate = new Int32Array(new SharedArrayBuffer(8))
  const blocked = times(THREADS, () => block(gate))
  for (let held = 0; held < THREADS; held = Atomics.load(gate, 1)) await Atomics.waitAsync(gate, 1, held).value
  return async () => {
    Atomics.store(gate, 0, 1)
    Atomics.notify(gate, 0)
    await Promise.all(blocked)
  }
}
