import { defineTasks } from 'celeriac'

export const { summarize } = defineTasks(import.meta.url, {
  // One line of JSON in, one line out.
  summarize(line) {
    const { id, words } = JSON.parse(line)
    const longest = words.reduce((a, b) => (b.length > a.length ? b : a), '')
    return JSON.stringify({ id, count: words.length, longest })
  },
})
