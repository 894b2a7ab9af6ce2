/** The tasks of the examples in docs/celery-differences.md, which shows this file. */
import { defineTasks, registerErrors } from 'celeriac'

class ValueError extends Error {
  name = 'ValueError'
}
registerErrors(ValueError)

export const { add, tsum, pack, fail, told, place } = defineTasks(import.meta.url, {
  add: (x, y) => x + y,
  tsum: (numbers) => numbers.reduce((a, b) => a + b, 0),
  pack: (...args) => args,
  fail(...args) {
    throw new ValueError(args.at(-1))
  },
  told: (failure, who) => `${who}: ${failure.error.name}`,
  place() {
    return this.groupIndex
  },
})
