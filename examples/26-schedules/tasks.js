import { defineTasks } from 'celeriac'

export const { count, publish } = defineTasks(import.meta.url, {
  count: (words) => words.length,
  publish: (total) => `published ${total} words`,
})
