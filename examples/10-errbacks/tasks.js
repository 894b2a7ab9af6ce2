import { defineTasks, registerErrors } from 'celeriac'

export class ValueError extends Error {
  name = 'ValueError'
}
registerErrors(ValueError)

export const { add, fail, onerr, tsum } = defineTasks(import.meta.url, {
  add: (x, y) => x + y,
  tsum: (numbers) => numbers.reduce((a, b) => a + b, 0),
  fail(...args) {
    throw new ValueError(`fail:${args.at(-1)}`)
  },
  // An errback is a task. It gets one TaskFailure in front of its own arguments.
  onerr: ({ taskName, error, path }, { label }) => `${label}: ${error.name} in "${taskName}" at "${path}"`,
})
