import type { Task, TaskFailure } from 'celeriac'

export declare const transferTasks: {
  readonly brighten: Task<[bytes: Uint8Array, by?: number], Uint8Array>
  readonly sum: Task<Uint8Array[], number>
  readonly nested: Task<[size: number], { deep: { bytes: Uint8Array }[]; error: Error }>
  readonly failsWith: Task<[bytes: Uint8Array], never>
  readonly hangs: Task<[bytes: Uint8Array], never>
  readonly argsOf: Task<[failure: TaskFailure], number>
}
