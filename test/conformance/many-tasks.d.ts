import type { Task } from 'celeriac'

interface Who {
  readonly id: string
  readonly rootId: string
  readonly parentId: string | undefined
  readonly groupId: string | undefined
  readonly groupIndex: number | undefined
  readonly taskName: string
  readonly retries: number
}

export const manyTasks: {
  readonly add: Task<[x: number, y: number], number>
  readonly isOdd: Task<[n: number], number>
  readonly who: Task<[], Who>
  readonly parent: Task<[], { readonly own: string; readonly child: Who }>
  readonly again: Task<[], number>
  readonly gaveUp: Task<[], undefined>
  readonly replaced: Task<[n: number], number>
  readonly ignored: Task<[], undefined>
  readonly rejected: Task<[], undefined>
  readonly unsendable: Task<[], unknown>
  readonly handled: Task<[n: number], number>
}
