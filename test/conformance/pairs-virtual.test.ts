/** The whole table on the test runtime: no cell needs real time or real threads. What waits for its time starts at it, to the ms. */
import { createTestRuntime } from 'celeriac/testing'
import { pairConformance } from './pairs.js'

const exactly = (took: number, due: number): boolean => took === due

for (const seed of [0, 1, 2, 3])
  pairConformance(
    `test runtime, seed ${seed}`,
    {},
    (options) => createTestRuntime({ now: new Date('2030-01-01'), ...options, seed }),
    exactly,
  )
