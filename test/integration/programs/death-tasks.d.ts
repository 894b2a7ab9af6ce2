import type { Task } from 'celeriac'

export declare const preload: readonly string[]
export declare const deadly: {
  readonly thread: Task<[], number>
  readonly die: Task<[code?: number], never>
  readonly flip: Task<[], unknown>
  readonly forever: Task<[], void, Promise<void>>
  readonly dieAgain: Task<[], never>
}
