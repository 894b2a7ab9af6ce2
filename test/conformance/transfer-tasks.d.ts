import type { MessagePort } from 'node:worker_threads'
import type { Task, TaskFailure } from 'celeriac'

export declare const transferTasks: {
  readonly brighten: Task<[bytes: Uint8Array, by?: number], Uint8Array>
  readonly sum: Task<Uint8Array[], number>
  readonly nested: Task<[size: number], { deep: { bytes: Uint8Array }[]; error: Error }>
  readonly failsWith: Task<[bytes: Uint8Array], never>
  readonly hangs: Task<[bytes: Uint8Array], never>
  readonly argsOf: Task<[failure: TaskFailure], number>
  readonly posts: Task<[port: MessagePort, ...messages: unknown[]], void>
  readonly counts: Task<[shared: SharedArrayBuffer], number>
  readonly givesPort: Task<[], { port: MessagePort }>
  readonly givesShared: Task<[], Uint8Array>
}
