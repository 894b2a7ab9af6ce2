/** What a runtime tells those who listen: Celery's event names, and the event of each. Data only. */
import type { WorkerLossReason } from '../errors.js'

type CallEvent<T extends string, More = unknown> = {
  readonly type: T
  /** ms since the epoch, of the runtime's clock. */
  readonly at: number
  readonly id: string
  readonly taskName: string
  readonly rootId: string
  readonly parentId: string | undefined
  readonly attempt: number
} & More

/** One thing that happened; `at` is ms since the epoch, of the runtime's clock. */
export type RuntimeEvent =
  | CallEvent<'task-sent', { readonly args: readonly unknown[] }>
  | CallEvent<'task-received'>
  /** `worker` is the number of the thread. */
  | CallEvent<'task-started', { readonly worker: number }>
  | CallEvent<'task-succeeded', { readonly value: unknown; readonly runMs: number }>
  | CallEvent<'task-failed', { readonly error: Error; readonly traceback: string; readonly path: string }>
  | CallEvent<'task-retried', { readonly error: Error; readonly delayMs: number }>
  | CallEvent<'task-revoked', { readonly terminated: boolean; readonly expired: boolean }>
  | CallEvent<'task-rejected', { readonly requeued: boolean }>
  | CallEvent<'task-ignored'>
  | CallEvent<'task-progress', { readonly value: unknown }>
  | CallEvent<'task-state', { readonly state: string; readonly meta: unknown }>
  | { readonly type: 'worker-online'; readonly at: number; readonly worker: number; readonly threadId: number }
  | {
      readonly type: 'worker-offline'
      readonly at: number
      readonly worker: number
      readonly reason: 'closed' | 'recycled' | WorkerLossReason
    }
  | {
      readonly type: 'workflow-finished'
      readonly at: number
      readonly id: string
      readonly rootId: string
      readonly state: 'SUCCESS' | 'FAILURE' | 'REVOKED' | 'IGNORED' | 'REJECTED'
      readonly calls: number
    }
  /** Something went wrong that changes no outcome: a listener or a stray piece of a task threw. */
  | {
      readonly type: 'warning'
      readonly at: number
      readonly message: string
      readonly error: Error
      readonly taskId?: string
    }

/** Celery's event names, and the event of each. */
export type RuntimeEvents = { readonly [E in RuntimeEvent as E['type']]: E }
export type RuntimeEventName = keyof RuntimeEvents

/** Every name, for the check of what is listened to. */
export const EVENT_NAMES: readonly RuntimeEventName[] = [
  'task-sent',
  'task-received',
  'task-started',
  'task-succeeded',
  'task-failed',
  'task-retried',
  'task-revoked',
  'task-rejected',
  'task-ignored',
  'task-progress',
  'task-state',
  'worker-online',
  'worker-offline',
  'workflow-finished',
  'warning',
]
