/** Tasks whose messages are counted. */
import { defineTasks } from 'celeriac'

const BIG = 10 * 2 ** 20

export const { add, big, sizeOf } = defineTasks(import.meta.url, {
  add: (x, y) => x + y,
  big: () => new Uint8Array(BIG),
  sizeOf: (bytes) => bytes.length,
})
