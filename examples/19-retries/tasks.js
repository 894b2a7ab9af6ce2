import { defineTasks, registerErrors, task } from 'celeriac'

export class Busy extends Error {
  name = 'Busy'
}
registerErrors(Busy)

export const { download, poll } = defineTasks(import.meta.url, {
  // Tried again by itself, for the errors listed: after 10 ms, then 20.
  download: task(
    { retryFor: [Busy], maxRetries: 2, retryDelay: 10, retryBackoff: true, retryJitter: false },
    function (url, failures) {
      if (this.retries < failures) throw new Busy(`${url} is busy`)
      return `${url} in run ${this.retries + 1}`
    },
  ),
  // Tried again when it asks for it, with other arguments.
  poll(done) {
    if (done < 3) this.retry({ countdown: 0, args: [done + 1] })
    return `done after ${this.retries} retries`
  },
})
