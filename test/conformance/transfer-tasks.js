/** Tasks that take and give bytes without copying them. */
import { defineTasks, transfer } from 'celeriac'

export const transferTasks = defineTasks(
  import.meta.url,
  {
    brighten: (bytes, by = 1) => {
      for (let i = 0; i < bytes.length; i++) bytes[i] += by
      return transfer(bytes, [bytes.buffer])
    },
    sum: (...all) => all.flatMap((bytes) => [...bytes]).reduce((a, b) => a + b, 0),
    nested: (size) => {
      const bytes = new Uint8Array(size).fill(1)
      return transfer({ deep: [{ bytes }], error: new RangeError('kept') }, [bytes.buffer])
    },
    failsWith: (bytes) => {
      throw new Error(`got ${bytes.byteLength}`)
    },
    hangs: () => new Promise(() => {}),
    argsOf: (failure) => failure.args.length,
    posts: (port, ...messages) => {
      for (const message of messages) port.postMessage(message)
      port.close()
    },
    counts: (shared) => Atomics.add(new Int32Array(shared), 0, 1) + 1,
    givesPort: () => {
      const { port1, port2 } = new MessageChannel()
      port1.postMessage('from the task')
      port1.close()
      return transfer({ port: port2 }, [port2])
    },
    givesShared: () => new Uint8Array(new SharedArrayBuffer(1)).fill(7),
  },
  { namespace: 'conformance' },
)
