import { defineTasks, registerErrors } from 'celeriac'

export class ValueError extends Error {
  name = 'ValueError'
}
// Registered where both sides load it, so that such an error arrives as one. Errors of JavaScript's own classes always do.
registerErrors(ValueError)

export const { add, fail } = defineTasks(import.meta.url, {
  add: (x, y) => x + y,
  fail(...args) {
    throw new ValueError(`fail:${args.at(-1)}`)
  },
})
