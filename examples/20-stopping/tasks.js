import { defineTasks } from 'celeriac'

export const { add, listen, spin, stuck } = defineTasks(import.meta.url, {
  add: (x, y) => x + y,
  // Stops when it is told to.
  async listen() {
    if (!this.signal.aborted) await new Promise((resolve) => this.signal.addEventListener('abort', resolve))
    throw this.signal.reason
  },
  // Never yields, and still sees the signal.
  spin() {
    for (;;) this.signal.throwIfAborted()
  },
  // Listens to nobody.
  stuck() {
    for (;;);
  },
})
