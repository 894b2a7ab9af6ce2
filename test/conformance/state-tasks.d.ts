import type { Task } from 'celeriac'

export declare function setup(): Promise<void>
export declare function teardown(): Promise<void>
export declare const stateTasks: {
  readonly setups: Task<[], number>
  readonly write: Task<[board: Int32Array], number>
  readonly child: Task<[], string>
  readonly parent: Task<[], string>
}
