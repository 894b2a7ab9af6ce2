/** What chain, group, chord, map, starmap, chunks and each make of what they are given, and what they refuse. */
import { describe, expect, it } from 'vitest'
import { ConfigurationError, InvalidCanvasError } from '../../../src/errors.js'
import { make, tasks, thrownBy } from './making.js'

const { chain, chord, group, chunks } = make
const { a, b, c } = tasks

describe.each([
  ['chain', chain, 'steps'],
  ['group', group, 'members'],
] as const)('%s', (_name, made, parts) => {
  it('takes canvases as arguments, as an array, and none', () => {
    const [one, two] = [a.s(), b.s()]
    expect([...made(one, two)[parts]]).toEqual([one, two])
    expect([...made([one, two])[parts]]).toEqual([one, two])
    expect([...made()[parts]]).toEqual([])
    expect([...made([])[parts]]).toEqual([])
  })

  it('copies an array', () => {
    const given = [a.s()]
    const canvas = made(given)
    given.push(b.s())
    expect([...canvas[parts]]).toHaveLength(1)
    expect(Object.isFrozen(canvas[parts])).toBe(true)
  })

  it('takes any iterable', () => {
    expect([...made(new Set([a.s(), b.s()]))[parts]]).toEqual([a.s(), b.s()])
  })

  it.each([
    ['no canvas among others', () => made(a.s(), 7), 'a canvas is needed here, and this is 7', `${parts}[1]`],
    ['no canvas in an array', () => made([a.s(), null]), 'a canvas is needed here, and this is null', `${parts}[1]`],
    ['a list beside a canvas', () => made([a.s()], b.s()), 'this is a list', `${parts}[0]`],
    ['an iterable beside a canvas', () => made(new Set([a.s()]), b.s()), 'this is an object', `${parts}[0]`],
    ['null', () => made(null), 'this is null', `${parts}[0]`],
    ['a single value', () => made(7), 'this is 7', `${parts}[0]`],
    ['undefined', () => made(undefined), 'this is undefined', `${parts}[0]`],
    ['a text, though it can be iterated', () => made('abc'), 'this is "abc"', `${parts}[0]`],
    ['an object', () => made({}), 'this is an object', `${parts}[0]`],
    ['a task', () => made(a), 'this is a task, not a signature of it; write a.s(…)', `${parts}[0]`],
    ['a function', () => made(() => 1), 'this is a function', `${parts}[0]`],
  ])('refuses %s', (_what, act, message, path) => {
    const error = thrownBy(act)
    expect(error).toBeInstanceOf(InvalidCanvasError)
    expect(error.message).toContain(message)
    expect(error.path).toBe(path)
  })
})

describe('group', () => {
  it('pulls an iterable only when somebody asks, and checks it then', () => {
    let pulled = 0
    const lazy = group({
      *[Symbol.iterator]() {
        pulled++
        yield a.s()
        yield 'no canvas'
      },
    })
    expect(pulled).toBe(0)
    expect(thrownBy(() => [...lazy.members]).message).toBe(
      'a canvas is needed here, and this is "no canvas" (at members[1])',
    )
    expect(pulled).toBe(1)
  })

  it('of a one-shot iterator can be pulled once, and says so', () => {
    const once = group([a.s()].values())
    expect([...once.members]).toEqual([a.s()])
    const error = thrownBy(() => [...once.members])
    expect(error).toBeInstanceOf(InvalidCanvasError)
    expect(error.message).toContain('a one-shot iterator can be applied once')
    expect(error.path).toBe('members')
  })

  it('of a list that somebody emptied has no members, and does not mind', () => {
    const list = new Set([a.s()])
    const { members } = group(list)
    expect([...members]).toHaveLength(1)
    list.clear()
    expect([...members]).toEqual([])
  })

  it('of a one-shot iterator that gives nothing has no members, every time', () => {
    const { members } = group([].values())
    expect([[...members], [...members]]).toEqual([[], []])
  })

  it('of an iterator that begins again can be pulled again', () => {
    let isDone = true
    const again = {
      [Symbol.iterator]: (): unknown => again,
      next: () => {
        isDone = !isDone
        return isDone ? { done: true } : { value: a.s() }
      },
    }
    const { members } = group(again as never)
    expect([[...(members as Iterable<unknown>)], [...members]]).toEqual([[a.s()], [a.s()]])
  })

  it.each([{ [Symbol.iterator]: 5 }, (async function* () {})()])('refuses what cannot be iterated', (members) => {
    expect(() => group(members as never)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_CANVAS' }))
  })
})

describe('chord', () => {
  it('makes a group of an array or iterable, and takes groups and chunks as they are', () => {
    const [header, slices] = [group(a.s()), a.chunks([[1]], 1)]
    expect(chord([a.s()], b.s()).header).toEqual(header)
    expect(chord([], b.s()).header).toEqual(group())
    expect([...chord(new Set([a.s()]), b.s()).header.members]).toEqual([a.s()])
    expect(chord(header, b.s()).header).toBe(header)
    expect(chord(slices, b.s()).header).toBe(slices)
  })

  it.each([
    [
      'a call as its header',
      () => chord(a.s(), b.s()),
      'a header is a list of canvases, a group or chunks, and this is an object',
      'header',
    ],
    ['a text as its header', () => chord('abc', b.s()), 'this is "abc"', 'header'],
    ['nothing as its header', () => chord(undefined, b.s()), 'this is undefined', 'header'],
    ['null as its header', () => chord(null, b.s()), 'this is null', 'header'],
    ['an object as its header', () => chord({}, b.s()), 'this is an object', 'header'],
    ['a member that is no canvas', () => chord([a.s(), 7], b.s()), 'this is 7', 'members[1]'],
    ['a body that is no canvas', () => chord([a.s()], []), 'this is a list', 'body'],
    ['a task as its body', () => chord([a.s()], b), 'write b.s(…)', 'body'],
  ])('refuses %s', (_what, act, message, path) => {
    const error = thrownBy(act)
    expect(error).toBeInstanceOf(InvalidCanvasError)
    expect(error.message).toContain(message)
    expect(error.path).toBe(path)
  })
})

describe('map and starmap', () => {
  it('copy their items, from any iterable', () => {
    const items = [1, 2]
    const mapped = a.map(items)
    items.push(3)
    expect(mapped).toMatchObject({ kind: 'map', task: a.s(), items: [1, 2] })
    expect(a.starmap(new Set([[1]]))).toMatchObject({ kind: 'starmap', items: [[1]] })
    expect(a.map('xy').items).toEqual(['x', 'y'])
  })

  it('of a signature keep what is bound', () => {
    expect(a.with({ x: 1 }).s('bound').map([1]).task).toEqual(a.with({ x: 1 }).s('bound'))
    expect(a.s('bound').map([1])).toMatchObject({ kind: 'map', items: [1] })
    expect(a.s('bound').starmap([[1]])).toMatchObject({ kind: 'starmap', items: [[1]], task: a.s('bound') })
    expect(a.with({ x: 1 }).starmap([[1]]).task.kwargs).toEqual({ x: 1 })
  })

  it.each([
    [
      'nothing to map',
      () => a.map(undefined),
      'a list or another iterable is needed here, and this is undefined',
      'items',
    ],
    ['null', () => a.starmap(null), 'this is null', 'items'],
    ['a number', () => a.s().map(7), 'this is 7', 'items'],
    [
      'an item that is no list',
      () => a.starmap([[1], 2]),
      'each item must be a list of arguments, and this is 2',
      'items[1]',
    ],
    ['an item that is no list, of a signature', () => a.s().starmap([{}]), 'this is an object', 'items[0]'],
    ['an item of chunks that is no list', () => a.chunks([[1], 'x'], 2), 'this is "x"', 'items[1]'],
    ['an item of each that is no list', () => a.each([1n]), 'this is 1n', 'items[0]'],
  ])('refuse %s', (_what, act, message, path) => {
    const error = thrownBy(act)
    expect(error).toBeInstanceOf(InvalidCanvasError)
    expect(error.message).toContain(message)
    expect(error.path).toBe(path)
  })
})

describe('chunks', () => {
  it('take a task, or a signature with what is bound', () => {
    expect(chunks(a, [[1]], 2)).toMatchObject({ kind: 'chunks', task: a.s(), items: [[1]], size: 2 })
    expect(chunks(a.s('bound'), [[1]], 2).task).toEqual(a.s('bound'))
    expect(a.with({ x: 1 }).chunks([[1]], Number.POSITIVE_INFINITY)).toMatchObject({
      task: { kwargs: { x: 1 } },
      size: Infinity,
    })
  })

  it.each([0, -1, 1.5, Number.NaN, '2', undefined])('refuse a size of %s', (size) => {
    const error = thrownBy(() => a.chunks([[1]], size))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error).toMatchObject({ option: 'size', value: size })
    expect(error.message).toContain('must be a whole number from 1, or Infinity')
  })

  it.each([
    ['a chain', chain(a.s())],
    ['a function', () => 1],
    ['nothing', undefined],
  ])('refuse %s as the task', (_what, task) => {
    const error = thrownBy(() => chunks(task, [[1]], 1))
    expect(error).toBeInstanceOf(InvalidCanvasError)
    expect(error.message).toContain('a task or a signature is needed')
    expect(error.path).toBe('task')
  })
})

describe('each', () => {
  it('is a group of immutable calls, made only for those who look', () => {
    const each = a.with({ x: 1 }).each([[1], [2, 3]])
    expect(each.kind).toBe('group')
    expect([...each.members]).toEqual([a.with({ x: 1 }).si(1), a.with({ x: 1 }).si(2, 3)])
  })

  it('copies its list', () => {
    const items = [[1]]
    const each = a.each(items)
    items.push([2])
    expect([...each.members]).toHaveLength(1)
  })
})

describe('pipe', () => {
  it('makes one flat chain of chains', () => {
    expect(a.s().pipe(b.s())).toEqual(chain(a.s(), b.s()))
    expect(chain(a.s(), b.s()).pipe(chain(c.s(), a.s()))).toEqual(chain(a.s(), b.s(), c.s(), a.s()))
    expect(chain().pipe(a.s())).toEqual(chain(a.s()))
  })

  it('leaves a chain that has options as one step', () => {
    const linked = chain(a.s()).link(c.s())
    expect(linked.pipe(b.s()).steps).toEqual([linked, b.s()])
    expect(b.s().pipe(linked).steps).toEqual([b.s(), linked])
  })

  it('refuses what is no canvas', () => {
    expect(thrownBy(() => a.s().pipe(b)).message).toBe(
      'a canvas is needed here, and this is a task, not a signature of it; write b.s(…) (at next)',
    )
  })
})
