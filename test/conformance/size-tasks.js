/** Tasks that take and give much. */
import { defineTasks, task } from 'celeriac'

export const sizeTasks = defineTasks(
  import.meta.url,
  {
    text: (length) => 'x'.repeat(length),
    bytes: (length) => ({ deep: [new Uint8Array(length)] }),
    lengthOf: (text) => text.length,
    count: (list) => list.length,
    handled: task({ onFailure: () => {} }, (length) => 'x'.repeat(length)),
  },
  { namespace: 'conformance' },
)
