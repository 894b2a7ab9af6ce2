/** A canvas is frozen through and through, and every setter gives another one of the same kind. */
import { describe, expect, it } from 'vitest'
import { everyKind, type Made, make, tasks, thrownBy } from './making.js'

const { chain, chord, group } = make
const { a, b, c } = tasks

describe.each(everyKind)('a canvas of kind %s', (kind, made) => {
  it('is frozen, its options and its lists, too', () => {
    const canvas = made()
      .link(b.s())
      .set({ headers: { x: 1 } })
    for (const part of [canvas, canvas.options, canvas.options.link, canvas.options.headers])
      expect(Object.isFrozen(part)).toBe(true)
    for (const list of [canvas.args, canvas.steps, canvas.members, canvas.items, canvas.kwargs])
      if (list !== undefined) expect(Object.isFrozen(list)).toBe(true)
  })

  it('throws when it is written to', () => {
    const canvas = made()
    expect(() => Object.assign(canvas, { kind: 'other' })).toThrow(TypeError)
    expect(() => Object.assign(canvas.options, { taskId: 'other' })).toThrow(TypeError)
  })

  it.each<readonly [string, (canvas: Made) => Made]>([
    ['link', (canvas) => canvas.link(b.s())],
    ['linkError', (canvas) => canvas.linkError(b.s())],
    ['set', (canvas) => canvas.set({ taskId: 'x' })],
    ['pipe', (canvas) => canvas.pipe(b.s())],
    ['partial', (canvas) => canvas.partial('p')],
  ])('is not changed by %s', (name, act) => {
    const canvas = made()
    const before = JSON.stringify(canvas)
    const after = act(canvas)
    expect(JSON.stringify(canvas)).toBe(before)
    expect(after.kind).toBe(name === 'pipe' ? 'chain' : kind)
  })

  it('keeps its options and its parts when other options are set', () => {
    const canvas = made().set({ taskId: 'mine' }).link(b.s())
    const { options, ...parts } = canvas.set({ headers: { x: 1 } })
    const { options: earlier, ...before } = canvas
    expect(parts).toEqual(before)
    expect(options).toEqual({ ...earlier, headers: { x: 1 } })
  })
})

describe('a group', () => {
  it.each<readonly [string, () => Made]>([
    ['each', () => a.each([[1]])],
    ['a set', () => group(new Set([a.s()]))],
  ])('of %s has frozen members', (_what, made) => {
    const { members } = made()
    expect(Object.isFrozen(members)).toBe(true)
    for (const list of Object.values(members).filter(Array.isArray)) expect(Object.isFrozen(list)).toBe(true)
  })
})

describe('link and linkError', () => {
  it('add, in order, and an equal one once', () => {
    const canvas = a.s().link(b.s(1)).link(c.s()).link(b.s(1)).link(b.s(2))
    expect(canvas.options.link).toEqual([b.s(1), c.s(), b.s(2)])
    expect(a.s().linkError(b.s()).linkError(b.s()).options.linkError).toEqual([b.s()])
  })

  it('refuse what is no canvas', () => {
    expect(thrownBy(() => a.s().link(7)).path).toBe('link')
    expect(thrownBy(() => a.s().linkError(b)).path).toBe('linkError')
  })
})

describe('partial', () => {
  it('puts arguments in front of those of a call, unless it is immutable', () => {
    expect(a.s(3).partial(1, 2).args).toEqual([1, 2, 3])
    expect(a.si(3).partial(1, 2).args).toEqual([3])
    expect(a.s(3).partial().args).toEqual([3])
  })

  it('gives the same canvas if there are no arguments', () => {
    const canvas = a.s()
    expect(canvas.partial()).toBe(canvas)
  })

  it('of a chain goes to its first step, and of an empty one nowhere', () => {
    expect(chain(a.s(), b.s()).partial(1)).toEqual(chain(a.s(1), b.s()))
    expect(chain().partial(1)).toEqual(chain())
  })

  it('of a chain goes past steps that are empty chains', () => {
    expect(chain(chain(), a.s(), b.s()).partial(1)).toEqual(chain(chain(), a.s(1), b.s()))
    expect(chain(chain(a.s()), b.s()).partial(1)).toEqual(chain(chain(a.s(1)), b.s()))
    expect(chain(chain(), chain()).partial(1)).toEqual(chain(chain(), chain()))
  })

  it('leaves lists frozen that it makes anew', () => {
    expect(Object.isFrozen(a.s(2).partial(1).args)).toBe(true)
    expect(Object.isFrozen(chain(a.s(), b.s()).partial(1).steps)).toBe(true)
    expect(Object.isFrozen(group(a.s()).partial(1).members)).toBe(true)
  })

  it('of a group goes to each member, and of a lazy one, too', () => {
    expect(group(a.s(), chain(b.s(), c.s()), a.si()).partial(1)).toEqual(group(a.s(1), chain(b.s(1), c.s()), a.si()))
    expect([...group(new Set([a.s()])).partial(1).members]).toEqual([a.s(1)])
    expect([...group(new Set([chain(a.s(), b.s())])).partial(1).members]).toEqual([chain(a.s(1), b.s())])
  })

  it('of a lazy group pulls nothing', () => {
    const members = group({ [Symbol.iterator]: () => expect.unreachable() })
    expect(members.partial(1).kind).toBe('group')
  })

  it('of a chord goes to each member of the header', () => {
    expect(chord([a.s(), group(b.s())], c.s()).partial(1)).toEqual(chord([a.s(1), group(b.s(1))], c.s()))
  })

  it.each(everyKind.slice(4))('of a %s is ignored', (_kind, made) => {
    expect(made().partial(1)).toEqual(made())
  })

  it('of each is ignored', () => {
    expect([...a.each([[1]]).partial(0).members]).toEqual([a.si(1)])
  })

  it('keeps options on every level', () => {
    const canvas = group(chain(a.s().link(c.s())).link(b.s())).set({ taskId: 'g' })
    const [chained] = [...canvas.partial(1).members]
    expect(canvas.partial(1).options).toEqual({ taskId: 'g' })
    expect(chained).toEqual(chain(a.s(1).link(c.s())).link(b.s()))
  })
})
