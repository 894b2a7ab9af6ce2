/** The tasks of the examples in docs/guide/testing.md, which shows this file. */
import { defineTasks, registerErrors, task } from 'celeriac'

class Busy extends Error {
  name = 'Busy'
}
registerErrors(Busy)

const shelf = new Map()

export const tasks = defineTasks(import.meta.url, {
  // Tried again after a minute, then after two, four and eight.
  download: task(
    { retryFor: [Busy], maxRetries: 4, retryDelay: 60_000, retryBackoff: true, retryJitter: false },
    async (url) => `picture of ${url}`,
  ),
  resize: task({ timeLimit: 30_000 }, (picture, width) => `${picture}, ${width} wide`),
  publish: (pictures) => `${pictures.length} published`,
  tell: (failure) => `${failure.taskName}: ${failure.error.message}`,

  // A price on a shelf: looked up somewhere, then written down.
  lookUp: (day) => `price of ${day}`,
  write(price) {
    shelf.set('price', price)
  },
})
export const { download, resize, publish, tell, lookUp, write } = tasks
export { Busy, shelf }
