/** What the suite needs to know of the tasks: their names. Values are checked by the tests themselves. */
import type { Task } from 'celeriac'

export class PaymentError extends Error {
  readonly status: number
  readonly code: string
}
export const tasks: Readonly<Record<string, Task>>
