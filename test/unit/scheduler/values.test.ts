/** What each canvas hands on and gives. */
import { describe, expect, it } from 'vitest'
import { ByHand, finalValueOf, loose, tasks } from './by-hand.js'

const { chain, chord, group } = loose
const { a, b, c, body } = tasks

describe('a call', () => {
  it('gets applied arguments in front of its own, and the options object last', () => {
    const hand = new ByHand()
    hand.submit(a.with({ x: 1 }).s('own'), { args: ['applied'], kwargs: { y: 2 } })
    expect(hand.left).toEqual(['a("applied", "own", {"x":1,"y":2})'])
  })

  it('is deaf to both when immutable', () => {
    const hand = new ByHand()
    hand.submit(a.with({ x: 1 }).si('own'), { args: ['applied'], kwargs: { y: 2 } })
    expect(hand.left).toEqual(['a("own", {"x":1})'])
  })
})

describe('a chain', () => {
  it('hands each value to the next step', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s(), b.s('b'), c.si('c')), { args: [0], kwargs: { x: 1 } })
    hand.succeed('a', 1)
    hand.succeed('b', 2)
    hand.succeed('c', 3)
    expect(hand.left).toEqual(['a(0, {"x":1})', 'b(1, "b")', 'c("c")'])
    expect(finalValueOf(workflow)).toBe(3)
  })

  it('of no steps gives what came in, and runs nothing', () => {
    const hand = new ByHand()
    expect(finalValueOf(hand.submit(chain()))).toBeUndefined()
    const workflow = hand.submit(chain(a.s(), chain()))
    hand.succeed('a', 7)
    expect(finalValueOf(workflow)).toBe(7)
    expect(hand.scheduler.openWorkflows).toBe(0)
  })

  it('of no steps, as the first of another, hands on whatever was applied', () => {
    const hand = new ByHand()
    hand.submit(chain(chain(), a.s('own')), { args: [1, 2], kwargs: { x: 3 } })
    hand.submit(chain(chain(chain()), b.s('own')))
    expect(hand.left).toEqual(['a(1, 2, "own", {"x":3})', 'b("own")'])
  })
})

describe('a group', () => {
  it('gives every member the same input, and lists values in member order', () => {
    const hand = new ByHand()
    const workflow = hand.submit(group(a.s(), chain(b.s(), c.s())), { args: [0] })
    expect(hand.left).toEqual(['a(0)', 'b(0)'])
    hand.succeed('b', 'b')
    hand.succeed('c', 'c')
    hand.succeed('a', 'a')
    expect(finalValueOf(workflow)).toEqual(['a', 'c'])
  })

  it('is always a list: of none, of one, of a group', () => {
    const hand = new ByHand()
    expect(finalValueOf(hand.submit(group()))).toEqual([])
    const one = hand.submit(group(group(a.s())))
    hand.succeed('a', 1)
    expect(finalValueOf(one)).toEqual([[1]])
  })

  it('of empty chains is the list of what came in', () => {
    expect(finalValueOf(new ByHand().submit(group(chain(), chain()), { args: [1] }))).toEqual([1, 1])
  })
})

describe('a chord', () => {
  it('of an empty header hands an empty list to its body', () => {
    const hand = new ByHand()
    hand.submit(chord([], body.s('own')))
    expect(hand.left).toEqual(['body([], "own")'])
  })

  it('takes chunks as its header', () => {
    const hand = new ByHand()
    hand.submit(chord(a.chunks([[1], [2], [3]], 2), body.s()))
    hand.succeed('a', [1, 2])
    hand.succeed('a', [3])
    expect(hand.left).toEqual(['a() on [[1],[2]]', 'a() on [[3]]', 'body([[1,2],[3]])'])
  })

  it('can follow a chord', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(chord([a.s()], body.s()), chord([b.s()], c.s())))
    hand.succeed('a', 1)
    hand.succeed('body', 2)
    hand.succeed('b', 3)
    hand.succeed('c', 4)
    expect(hand.left).toEqual(['a()', 'body([1])', 'b(2)', 'c([3])'])
    expect(finalValueOf(workflow)).toBe(4)
  })
})

describe('map, starmap, chunks and each', () => {
  it('ignore what comes in, and keep bound arguments behind the item', () => {
    const hand = new ByHand()
    const mapped = (a.with({ x: 1 }).s('bound') as unknown as typeof a).map([1, 2])
    hand.submit(chain(c.s(), group(mapped, b.starmap([[1, 2]]), a.each([[5]]))), { args: [0] })
    hand.succeed('c', 'in')
    expect(hand.left.slice(1)).toEqual(['a("bound", {"x":1}) on [1,2]', 'b() on [[1,2]]', 'a(5)'])
    expect(hand.call('a').how).toBe('map')
    expect(hand.call('b').how).toBe('starmap')
  })

  it('of no items give an empty list', () => {
    const hand = new ByHand()
    expect(finalValueOf(hand.submit(a.chunks([], 2)))).toEqual([])
    expect(finalValueOf(hand.submit(a.each([])))).toEqual([])
  })

  it('give each its own options object', () => {
    const hand = new ByHand()
    hand.submit(a.with({ x: 1 }).each([[1], [2]]))
    expect(hand.left).toEqual(['a(1, {"x":1})', 'a(2, {"x":1})'])
  })
})

describe('values that only feed the next step', () => {
  it('are kept, or dropped where they went, but never the last', () => {
    const hand = new ByHand()
    const canvas = chain(group(a.s()), b.s())
    const [kept, dropped] = [hand.submit(canvas), hand.submit(canvas, { keep: false })]
    for (const name of ['a', 'a', 'b', 'b']) hand.succeed(name, name)
    expect([0, 1, 2].map((node) => kept.value(node))).toEqual([['a'], 'a', 'b'])
    expect([0, 1, 2].map((node) => String(dropped.value(node)))).toEqual(['Symbol(dropped)', 'Symbol(dropped)', 'b'])
  })
})
