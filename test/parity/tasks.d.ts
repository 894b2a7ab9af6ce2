/** What the parity tests need to know of the corpus's tasks: their names. Values are compared with the corpus. */
import type { Task } from 'celeriac'

export const tasks: Readonly<Record<string, Task>>
