import { defineTasks } from 'celeriac'

interface Point {
  readonly x: number
  readonly y: number
}

export const { length } = defineTasks(import.meta.url, {
  length: (point: Point): number => Math.hypot(point.x, point.y),
})
