import { defineTasks } from 'celeriac'

export const { never } = defineTasks(import.meta.url, { never: () => {} })
process.exit(9)
