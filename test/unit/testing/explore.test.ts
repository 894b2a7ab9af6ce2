import { describe, expect, it } from 'vitest'
import { chain } from '../../../src/canvas/chain.js'
import { group } from '../../../src/canvas/group.js'
import { ExploreError, explore, exploreWithin } from '../../../src/testing/explore.js'
import { createTestRuntime, type TestRuntime } from '../../../src/testing/test-runtime.js'
import { add, Busy, flaky, hangs, restless, told } from './tasks.js'

/** A small workflow with a race: the older value wins if it comes last. */
function refresher() {
  const cache = { value: '' }
  const refresh = async (runtime: TestRuntime): Promise<void> => {
    runtime.mock(told, (value) => {
      cache.value = value
      return value
    })
    await runtime.run(group(told.s('old'), told.s('new')))
    if (cache.value !== 'new') throw new Error(`the cache holds the ${cache.value} value`)
  }
  return refresh
}

const broken = async (work: Promise<void>): Promise<ExploreError> => {
  try {
    await work
  } catch (error) {
    if (error instanceof ExploreError) return error
  }
  throw new Error('no seed broke it')
}

describe('explore', () => {
  it('runs the scenario on so many fresh runtimes, seed after seed', async () => {
    const seeds: number[] = []
    await explore(5, (runtime) => seeds.push(runtime.seed), { seed: 10 })
    expect(seeds).toEqual([10, 11, 12, 13, 14])
  })

  it('finds a race that does not show in order, and replays it by its seed', async () => {
    const refresh = refresher()
    await explore(1, refresh)
    const error = await broken(explore(100, refresh))
    expect(error).toMatchObject({ name: 'ExploreError', code: 'ERR_EXPLORE' })
    expect(error.cause).toMatchObject({ message: 'the cache holds the old value' })
    await using runtime = createTestRuntime({ seed: error.seed })
    await expect(refresh(runtime)).rejects.toThrow('the old value')
    expect(runtime.timeline).toEqual(error.timeline)
  })

  it('tells the seed, the error and what happened', async () => {
    const { message, seed } = await broken(explore(100, refresher()))
    expect(message).toContain(`createTestRuntime({ seed: ${seed} })`)
    expect(message).toContain('Error: the cache holds the old value')
    expect(message).toMatch(/\+0 ms told started \(test-.*, run 1\)/)
  })

  it('lets work end that the scenario did not wait for', async () => {
    let callbacks = 0
    await explore(3, async (runtime) => {
      runtime.mock(told, () => `${callbacks++}`)
      await runtime.run(add.s(1, 1).link(told.si('done')))
      runtime.apply(chain(add.s(1, 1), add.s(1)).set({ countdown: 1_000 }))
    })
    expect(callbacks).toBe(3)
  })

  it('finds work that is left pending for ever', async () => {
    const scenario = (runtime: TestRuntime): unknown => runtime.apply(add.s(1, 1).set({ countdown: 1_000 }))
    const { cause } = await broken(exploreWithin(60, 2, scenario, { autoAdvance: false }))
    expect((cause as Error).message).toMatch(/left work that never ends.*\n.*"add" .* waits for its time, in 1000 ms\n/)
  })

  it('finds a scenario that never settles', async () => {
    const { cause } = await broken(exploreWithin(60, 2, () => new Promise(() => {}), {}))
    expect((cause as Error).message).toBe(
      'the scenario did not settle: nothing has happened for 60 ms of real time; pending: nothing',
    )
  })

  it.each<[string, (runtime: TestRuntime) => unknown]>([
    ['tried again', (runtime) => runtime.run(flaky.s('a').set({ maxRetries: Infinity }))],
    ['put back into the queue', (runtime) => runtime.run(restless.s())],
  ])('finds a call that is %s for ever', async (_how, scenario) => {
    const endless = (runtime: TestRuntime): unknown => {
      runtime.mock(flaky, () => {
        throw new Busy('always')
      })
      return scenario(runtime)
    }
    const { cause } = await broken(exploreWithin(60, 1, endless, {}))
    expect((cause as Error).message).toMatch(/did not settle: ".*" \(test-0-0-0\) has had more than 1000 runs; pending/)
  })

  it('finds a run that hangs', async () => {
    const { cause } = await broken(exploreWithin(60, 1, (runtime) => runtime.run(hangs.s()), {}))
    expect((cause as Error).message).toContain('"hangs" (test-0-0-0) has not gone on')
  })

  it('finds a fault that struck nothing', async () => {
    const scenario = (runtime: TestRuntime): void => runtime.failNext('nobody', new Busy('x'))
    expect((await broken(explore(1, scenario))).message).toContain('failNext("nobody") struck nothing')
  })

  it('hands options on', async () => {
    await explore(
      1,
      async (runtime) => {
        runtime.failNext(flaky, new Busy('x'))
        await runtime.run(flaky.s('a'))
        expect(runtime.now).toBe(1_060_000)
      },
      { now: 1_000_000 },
    )
  })

  it.each<[string, unknown[], string]>([
    ['no runs', [0, () => {}], 'runs'],
    ['half a run', [1.5, () => {}], 'runs'],
    ['no scenario', [1, 5], 'scenario'],
    ['a wrong seed', [1, () => {}, { seed: -1 }], 'seed'],
    ['an unknown option', [1, () => {}, { sede: 1 }], 'sede'],
  ])('refuses %s', async (_what, given, option) => {
    const refused = (explore as (...given: unknown[]) => Promise<void>)(...given)
    await expect(refused).rejects.toMatchObject({ code: 'ERR_CONFIGURATION', option })
  })
})
