import { defineTasks } from 'celeriac'

export const { increment } = defineTasks(import.meta.url, { increment: (x) => x + 1 })
