/** What a failure tells of where its canvas was applied. */
import { afterEach, describe, expect, it } from 'vitest'
import { chain } from '../../../src/canvas/chain.js'
import { failureOf } from '../../../src/canvas/failure.js'
import { createRuntime } from '../../../src/runtime/create-runtime.js'
import { SubmissionStack } from '../../../src/runtime/submission-stacks.js'
import { defineTasks } from '../../../src/task/task.js'

const { fail } = defineTasks('file:///submission-stacks.js', {
  fail: (): number => {
    throw new RangeError('no')
  },
})

const runtime = createRuntime({ executor: 'inline' })
afterEach(() => runtime.idle())

/** The first frame behind `submitted:`. */
async function placeOf(ending: Promise<unknown>): Promise<string | undefined> {
  const error = await ending.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  return failureOf(error)?.traceback.split('submitted:\n')[1]?.split('\n')[0]
}

describe('the traceback of a failure', () => {
  it.each([
    [
      'run',
      function applied() {
        return runtime.run(fail.s())
      },
    ],
    [
      'apply',
      function applied() {
        return runtime.apply(chain(fail.s(), fail.si())).get()
      },
    ],
  ])('begins, behind the error, where the canvas was given to %s', async (_method, applied) => {
    expect(await placeOf(applied())).toMatch(/^ +at .*applied.* \(.*submission-stacks\.test\.ts:\d+:\d+\)$/)
  })

  it('tells of very many runs of one turn where the first of them were applied', async () => {
    const places = await Promise.all(Array.from({ length: 100 }, () => placeOf(runtime.run(fail.s()))))
    expect(new Set(places).size).toBe(1)
    expect(places[0]).toContain('submission-stacks.test.ts')
  })
})

describe('a stack', () => {
  it('is walked when it is asked for, if that has not been done', () => {
    const inside = (): string | undefined => new SubmissionStack(inside).stack
    expect(inside()?.split('\n')[1]).toContain('submission-stacks.test.ts')
  })

  it('shows where it was walked first', () => {
    function outside(): SubmissionStack {
      const stack = new SubmissionStack(outside)
      stack.walk()
      return stack
    }
    const stack = outside()
    const text = stack.stack
    stack.walk()
    expect(stack.stack).toBe(text)
    expect(text).not.toContain('outside')
  })
})
