/** The tasks of the examples in docs/guide/streams.md, which shows this file. */
import { defineTasks } from 'celeriac'

export const { square, scale, area, parse } = defineTasks(import.meta.url, {
  square: (x) => x * x,
  scale: (x, factor) => x * factor,
  area: (width, height) => width * height,
  parse: (line) => JSON.parse(line),
})
