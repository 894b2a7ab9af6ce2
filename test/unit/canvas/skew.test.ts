/** `skew`: members that start one after the other. */
import { describe, expect, it } from 'vitest'
import { fromJSON } from '../../../src/canvas/from-json.js'
import { compile } from '../../../src/graph/compile.js'
import { type Made, make, tasks, thrownBy } from './making.js'

const members = (count: number): Made[] => Array.from({ length: count }, (_, i) => tasks.a.si(i))
const countdowns = (group: Made): unknown[] => [...group.members].map(({ options }) => options.countdown)

describe('skew', () => {
  it.each<[string, readonly unknown[], readonly number[]]>([
    ['as Celery does: the rest share the last countdown', [1, 3, 1], [1, 2, 3, 3]],
    ['by a second where no step is given', [500], [500, 1_500, 2_500, 3_500]],
    ['up to a stop that lies between two steps', [0, 5, 2], [0, 2, 4, 5]],
    ['at once up to a stop at the start', [7, 7], [7, 7, 7, 7]],
    ['not at all with a step of 0', [7, Infinity, 0], [7, 7, 7, 7]],
    ['with a step of its own where stop is left out', [0, undefined, 10], [0, 10, 20, 30]],
  ])('staggers members %s', (_sentence, given, expected) => {
    expect(countdowns(make.group(members(4)).skew(...given))).toEqual(expected)
  })

  it('gives another group, of the same options', () => {
    const plain = make.group(members(2)).set({ priority: 3 })
    const skewed = plain.skew(0)
    expect(countdowns(plain)).toEqual([undefined, undefined])
    expect([skewed.options, Object.isFrozen(skewed), Object.isFrozen(skewed.members)]).toEqual([
      { priority: 3 },
      true,
      true,
    ])
  })

  it('takes the place of a countdown or eta that a member had', () => {
    const [first, second] = members(2)
    const group = make.group(first!.set({ countdown: 9 }), second!.set({ eta: new Date(0) })).skew(1)
    expect([...group.members].map(({ options }) => options)).toEqual([{ countdown: 1 }, { countdown: 1_001 }])
  })

  it('delays what a composite member starts with', () => {
    const chain = make.chain(tasks.a.s(1), tasks.b.s())
    const { delays } = compile(make.group(chain, make.group(members(2))).skew(5) as never)
    expect([...delays.values()]).toEqual([5, 1_005, 1_005])
  })

  it('leaves a lazy group lazy', () => {
    let pulled = 0
    const lazy = function* () {
      for (const member of members(3)) {
        pulled++
        yield member
      }
    }
    const group = make.group(lazy()).skew(1)
    expect(pulled).toBe(0)
    expect(countdowns(group)).toEqual([1, 1_001, 2_001])
  })

  it('staggers the calls of each, without changing the table', () => {
    const each = tasks.a.each([[1], [2]])
    const staggered = [...(each.skew(3) as unknown as { members: Iterable<Made> }).members]
    expect(staggered.map(({ options }) => options.countdown)).toEqual([3, 1_003])
    expect(compile(each as never).delays.size).toBe(0)
  })

  it('survives JSON, in seconds', () => {
    const group = make.group(members(3)).skew(250, 500, 250)
    const json = (group as unknown as { toJSON(): { kwargs: { tasks: { options: object }[] } } }).toJSON()
    expect(json.kwargs.tasks.map(({ options }) => options)).toEqual([
      { countdown: 0.25 },
      { countdown: 0.5 },
      { countdown: 0.5 },
    ])
    const read = fromJSON(JSON.stringify(json), { tasks: Object.values(tasks) as never })
    expect(countdowns(read as never)).toEqual([250, 500, 500])
  })

  it.each<[string, readonly unknown[]]>([
    ['start', [undefined]],
    ['start', [-1]],
    ['start', [Number.NaN]],
    ['start', [Infinity]],
    ['start', ['1']],
    ['stop', [5, 4]],
    ['stop', [0, Number.NaN]],
    ['stop', [0, null]],
    ['step', [0, 10, -1]],
    ['step', [0, 10, Infinity]],
    ['step', [0, 10, '1']],
  ])('refuses a wrong %s: %j', (option, given) => {
    const error = thrownBy(() => make.group(members(2)).skew(...given))
    expect(error).toMatchObject({ code: 'ERR_CONFIGURATION', option })
    expect(error.message).toContain('skew')
  })
})
