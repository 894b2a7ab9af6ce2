import { defineTasks } from 'celeriac'

export const { add, join, shout } = defineTasks(import.meta.url, {
  add: (x, y) => x + y,
  join: (...words) => words.join(' '),
  shout: (text, options) => text.toUpperCase() + (options?.mark ?? '.'),
})
