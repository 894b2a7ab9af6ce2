/** Which canvases a stamp reaches, what a visitor is asked, and which value wins. */
import { describe, expect, it } from 'vitest'
import { everyKind, type Made, make, tasks, thrownBy } from './making.js'

const { chain, chord, group, chunks } = make
const { a, b, c } = tasks

const stampsOf = (canvas: Made | undefined): unknown => canvas?.options.stamps
const members = (canvas: Made): Made[] => [...canvas.members]

describe('stamp', () => {
  it('writes a stamp on a call, with a list of values', () => {
    expect(stampsOf(a.s(1).stamp({ tenant: 'acme', tags: ['x', 'y'], none: undefined }))).toEqual({
      tenant: ['acme'],
      tags: ['x', 'y'],
    })
  })

  it('reaches every call inside, and leaves what only holds them unstamped', () => {
    const canvas = chain(a.s(), group(b.s(), chain(c.s())), chord([a.s()], b.s())).stamp({ x: 1 })
    const [first, second, third] = canvas.steps
    const calls = [
      first!,
      members(second!)[0]!,
      members(second!)[1]!.steps[0]!,
      members(third!.header)[0]!,
      third!.body,
    ]
    expect(calls.map(stampsOf)).toEqual(calls.map(() => ({ x: [1] })))
    const holders = [canvas, second!, members(second!)[1]!, third!, third!.header]
    expect(holders.map(stampsOf)).toEqual(holders.map(() => undefined))
  })

  it('reaches callbacks and errbacks, of calls and of what holds them', () => {
    const canvas = chain(a.s().link(b.s().link(c.s())))
      .linkError(c.s())
      .stamp({ x: 1 })
    const callback = canvas.steps[0]!.options.link![0]!
    const calls = [callback, callback.options.link![0]!, canvas.options.linkError![0]!]
    expect(calls.map(stampsOf)).toEqual([{ x: [1] }, { x: [1] }, { x: [1] }])
  })

  it('keeps a callback once when stamps make two of them equal', () => {
    const canvas = a
      .s()
      .link(b.s().stamp({ x: 1 }))
      .link(b.s().stamp({ x: 2 }))
    expect(canvas.options.link).toHaveLength(2)
    expect(canvas.stamp({ x: 3 }).options.link).toHaveLength(1)
  })

  it.each(everyKind)('gives another canvas of kind %s, and changes nothing', (kind, made) => {
    const canvas = made().link(b.s()).set({ priority: 3 })
    const before = JSON.stringify(canvas)
    const after = canvas.stamp({ x: 1 })
    expect(JSON.stringify(canvas)).toBe(before)
    expect([after.kind, after.options.priority, Object.isFrozen(after.options)]).toEqual([kind, 3, true])
    expect(JSON.stringify(after)).toContain('"stamped_headers":["x"]')
  })

  it('replaces an earlier value, and with append keeps it behind the newer one', () => {
    const once = a.s().stamp({ x: 'a', y: 1 })
    expect(stampsOf(once.stamp({ x: 'b' }))).toEqual({ x: ['b'], y: [1] })
    expect(stampsOf(once.stamp({ x: 'b' }, { append: true }))).toEqual({ x: ['b', 'a'], y: [1] })
  })

  it('appends to nothing where a call has no stamps, and nothing to those it has', () => {
    expect(stampsOf(a.s().stamp({ x: 1 }, { append: true }))).toEqual({ x: [1] })
    expect(stampsOf(a.s().stamp({ x: 1 }).stamp({}, { append: true }))).toEqual({ x: [1] })
  })

  it('is not changed by options that are set later', () => {
    expect(
      stampsOf(
        a
          .s()
          .stamp({ x: 1 })
          .set({ priority: 1, headers: { x: 2 } }),
      ),
    ).toEqual({ x: [1] })
  })

  it('stamps the table behind each as a whole', () => {
    const canvas = a.each([[1], [2]]).stamp({ x: 1 })
    expect(stampsOf(canvas)).toEqual({ x: [1] })
    expect(members(canvas).map(stampsOf)).toEqual([undefined, undefined])
  })

  it('stamps map, starmap and chunks themselves', () => {
    const mapped = [a.map([1]), a.starmap([[1]]), chunks(a, [[1]], 1)].map((canvas) => canvas.stamp({ x: 1 }))
    expect(mapped.map(stampsOf)).toEqual([{ x: [1] }, { x: [1] }, { x: [1] }])
    expect(mapped.map(({ task }) => stampsOf(task))).toEqual([undefined, undefined, undefined])
  })

  it('lets neighbours that are stamped alike share their options, and no others', () => {
    const [first, second, third] = members(group(a.s(1), b.s(2), c.s(3).set({ priority: 1 })).stamp({ x: 1 }))
    expect(first!.options).toBe(second!.options)
    expect([first, third].map((canvas) => canvas!.options)).toEqual([
      { stamps: { x: [1] } },
      { priority: 1, stamps: { x: [1] } },
    ])
  })

  it.each<[string, () => Made]>([
    ['call', () => a.s()],
    ['call with a callback', () => a.s().link(b.s())],
    ['chain with an errback', () => chain(a.s()).linkError(b.s())],
    ['chord', () => chord([a.s()], b.s())],
  ])('without any stamps leaves a %s as it was', (_what, made) => {
    expect(made().stamp({})).toStrictEqual(made())
  })

  it.each(['link', 'linkError'] as const)('adds no list to those that there are, such as %s alone', (method) => {
    const { options } = a.s()[method](b.s(1)).stamp({ x: 1 })
    expect(options).toStrictEqual({ [method]: [b.s(1).stamp({ x: 1 })], stamps: { x: [1] } })
    expect(Object.isFrozen(options[method])).toBe(true)
  })

  it('tells callbacks from errbacks', () => {
    const { options } = a.s().link(b.s(1)).link(b.s(2)).linkError(c.s(1)).linkError(c.s(2)).stamp({ x: 1 })
    expect(options.link!.map(({ task, args }) => [task, ...args])).toEqual([
      ['b', 1],
      ['b', 2],
    ])
    expect(options.linkError!.map(({ task, args }) => [task, ...args])).toEqual([
      ['c', 1],
      ['c', 2],
    ])
  })

  it('keeps an errback once when stamps make two of them equal', () => {
    const [one, other] = [b.s().stamp({ x: 1 }), b.s().stamp({ x: 2 })]
    expect(a.s().linkError(one).linkError(other).stamp({ x: 3 }).options.linkError).toHaveLength(1)
  })

  it.each<[string, Made, (header: Made) => unknown]>([
    ['chunks', chunks(a, [[1]], 1), stampsOf],
    ['each', a.each([[1]]), stampsOf],
    ['a lazy group', group(new Set([a.s()])), (header) => stampsOf(members(header)[0])],
  ])('reaches a header of %s', (_what, header, stampsIn) => {
    const stamped = chord(header, b.s()).link(c.s()).stamp({ x: 1 })
    expect([stampsIn(stamped.header), stampsOf(stamped.body), stampsOf(stamped.options.link![0])]).toEqual(
      Array(3).fill({ x: [1] }),
    )
    expect(stamped.header.kind).toBe(header.kind)
  })

  it('leaves the parts of what it stamps frozen', () => {
    const stamped = chain(group(a.s())).stamp({ x: 1 })
    expect([stamped.steps, stamped.steps[0]!.members].every(Object.isFrozen)).toBe(true)
  })

  it('stamps lazy members when they are pulled', () => {
    const pulled: number[] = []
    function* source() {
      for (let i = 0; ; i++) {
        pulled.push(i)
        yield a.s(i)
      }
    }
    const canvas = group(source()).stamp({ x: 1 })
    expect(pulled).toEqual([])
    const [first] = canvas.members
    expect([stampsOf(first), pulled]).toEqual([{ x: [1] }, [0]])
  })

  it('still lets a chain without options merge into another', () => {
    expect(chain(a.s(), b.s()).stamp({ x: 1 }).pipe(c.s()).steps).toHaveLength(3)
  })
})

describe('a visitor', () => {
  /** Writes down what it is asked. */
  const listening = (answers: Record<string, unknown> = {}) => {
    const heard: string[] = []
    const methods = [
      'onSignature',
      'onChainStart',
      'onChainEnd',
      'onGroupStart',
      'onGroupEnd',
      'onChordHeaderStart',
      'onChordHeaderEnd',
      'onChordBody',
      'onCallback',
      'onErrback',
    ]
    const visitor = Object.fromEntries(
      methods.map((method) => [
        method,
        (canvas: Made) => {
          heard.push(`${method} ${canvas.kind === 'task' ? canvas.task : canvas.kind}`)
          return answers[method]
        },
      ]),
    )
    return { heard, visitor }
  }

  it('is asked for every canvas, from the outside in and in order', () => {
    const { heard, visitor } = listening()
    chain(a.s().link(b.s()), group(b.s(), c.s())).linkError(c.s()).stamp(visitor)
    expect(heard).toEqual([
      'onChainStart chain',
      'onErrback c',
      'onSignature c',
      'onSignature a',
      'onCallback b',
      'onSignature b',
      'onGroupStart group',
      'onSignature b',
      'onSignature c',
      'onGroupEnd group',
      'onChainEnd chain',
    ])
  })

  it('is asked for a header and then for the body', () => {
    const { heard, visitor } = listening()
    chord([a.s(), b.s()], c.s()).stamp(visitor)
    expect(heard).toEqual([
      'onChordHeaderStart chord',
      'onSignature a',
      'onSignature b',
      'onChordHeaderEnd chord',
      'onChordBody chord',
      'onSignature c',
    ])
  })

  it('that knows nothing of headers is told of a group', () => {
    const { heard, visitor } = listening()
    delete visitor.onChordHeaderStart
    delete visitor.onChordHeaderEnd
    chord([a.s()], c.s()).stamp(visitor)
    expect(heard).toEqual([
      'onGroupStart group',
      'onSignature a',
      'onGroupEnd group',
      'onChordBody chord',
      'onSignature c',
    ])
  })

  it('that knows nothing of headers is told of no group where there is none', () => {
    const { heard, visitor } = listening()
    delete visitor.onChordHeaderStart
    delete visitor.onChordHeaderEnd
    chord(chunks(a, [[1]], 1), c.s()).stamp(visitor)
    expect(heard).toEqual(['onSignature a', 'onChordBody chord', 'onSignature c'])
  })

  it('is told of a header of chunks, too', () => {
    const { heard, visitor } = listening()
    chord(chunks(a, [[1]], 1), c.s()).stamp(visitor)
    expect(heard.slice(0, 3)).toEqual(['onChordHeaderStart chord', 'onSignature a', 'onChordHeaderEnd chord'])
  })

  it('is told of the beginning and end of each and of lazy groups, and of the members when they are pulled', () => {
    const { heard, visitor } = listening()
    a.each([[1]]).stamp(visitor)
    expect(heard.splice(0)).toEqual(['onGroupStart group', 'onSignature a', 'onGroupEnd group'])
    const lazy = group(new Set([b.s()])).stamp(visitor)
    expect(heard.splice(0)).toEqual(['onGroupStart group', 'onGroupEnd group'])
    members(lazy)
    expect(heard).toEqual(['onSignature b'])
  })

  it('needs no more than to be asked for calls', () => {
    const asked: unknown[] = []
    const visitor = { onSignature: (signature: Made) => void asked.push(signature.task) }
    const canvas = chain(chord([a.s()], b.s()), group(c.s()))
    expect(canvas.stamp(visitor)).toEqual(canvas)
    expect(asked).toEqual(['a', 'b', 'c'])
  })

  it('stamps a canvas and all inside by one answer, where it is asked for it', () => {
    const answers = {
      onChainStart: { chain: 1 },
      onGroupStart: { group: 2 },
      onChordHeaderStart: { header: 3 },
      onChordBody: { body: 4 },
      onCallback: { callback: 5 },
      onErrback: { errback: 6 },
    }
    const { visitor } = listening(answers)
    const canvas = chain(group(a.s()), chord([b.s()], c.s()))
      .link(a.s())
      .linkError(b.s())
      .stamp(visitor)
    const [first, second] = canvas.steps
    expect(stampsOf(members(first!)[0])).toEqual({ chain: [1], group: [2] })
    expect(stampsOf(members(second!.header)[0])).toEqual({ chain: [1], header: [3] })
    expect(stampsOf(second!.body)).toEqual({ chain: [1], body: [4] })
    expect(stampsOf(canvas.options.link![0])).toEqual({ chain: [1], callback: [5] })
    expect(stampsOf(canvas.options.linkError![0])).toEqual({ chain: [1], errback: [6] })
  })

  it('decides call by call, and what comes from further out wins', () => {
    let count = 0
    const visitor = {
      onSignature: () => ({ nth: ++count, from: 'call' }),
      onGroupStart: () => ({ from: 'group' }),
    }
    const stamped = group(a.s(), b.s()).stamp(visitor)
    expect(members(stamped).map(stampsOf)).toEqual([
      { nth: [1], from: ['group'] },
      { nth: [2], from: ['group'] },
    ])
    const appended = group(a.s().stamp({ from: 'before' })).stamp(visitor, { append: true })
    expect(stampsOf(members(appended)[0])).toEqual({ nth: [3], from: ['group', 'call', 'before'] })
  })

  it('is asked once for all members of each, and once for what is mapped', () => {
    const { heard, visitor } = listening()
    group(a.each([[1], [2]]), b.map([1, 2]), c.chunks([[1]], 1)).stamp(visitor)
    expect(heard.filter((line) => line.startsWith('onSignature'))).toEqual([
      'onSignature a',
      'onSignature b',
      'onSignature c',
    ])
  })

  it('keeps its own this', () => {
    class Counting {
      count = 0
      onSignature() {
        this.count++
        return { count: this.count }
      }
    }
    const visitor = new Counting()
    expect(members(group(a.s(), b.s()).stamp(visitor)).map(stampsOf)).toEqual([{ count: [1] }, { count: [2] }])
  })

  it('that throws stops the stamping', () => {
    const visitor = {
      onSignature() {
        throw new RangeError('mine')
      },
    }
    expect(thrownBy(() => a.s().stamp(visitor))).toBeInstanceOf(RangeError)
  })
})

describe('stamp refuses', () => {
  it.each<[string, unknown, unknown, string | undefined]>([
    ['nothing', undefined, undefined, 'stamps'],
    ['null', null, undefined, 'stamps'],
    ['a text', 'tenant', undefined, 'stamps'],
    ['a list', ['tenant'], undefined, 'stamps'],
    ['a function as a value', { f: () => {} }, undefined, 'f'],
    ['a symbol as a value', { s: Symbol('s') }, undefined, 's'],
    ['a name that means the prototype', JSON.parse('{"__proto__":1}'), undefined, '__proto__'],
    ['an unknown option', { x: 1 }, { appendStamps: true }, 'appendStamps'],
    ['an append that is neither true nor false', { x: 1 }, { append: 'yes' }, 'append'],
    ['a visitor that answers with no object', { onSignature: () => 'x' }, undefined, 'stamps'],
    ['a visitor that answers later', { onSignature: async () => ({}) }, undefined, 'stamps'],
  ])('%s', (_sentence, stamps, options, option) => {
    expect(thrownBy(() => a.s().stamp(stamps, options))).toMatchObject({ code: 'ERR_CONFIGURATION', option })
  })

  it.each<[string, unknown, readonly string[]]>([
    ['stamps that are none', 7, ['stamp: ', 'plain object', 'this is 7']],
    ['a value that is none', { f: () => 1 }, ['stamp: "f"', 'a function']],
    ['the answer of a visitor', { onSignature: () => 7 }, ['onSignature: ', 'plain object', 'this is 7']],
    ['an answer for a callback', { onSignature() {}, onCallback: () => 7 }, ['onCallback: ']],
    ['an answer for an errback', { onSignature() {}, onErrback: () => 7 }, ['onErrback: ']],
    ['an answer for a chain', { onSignature() {}, onChainStart: () => 7 }, ['onChainStart: ']],
    ['an answer for a header as a group', { onSignature() {}, onGroupStart: () => 7 }, ['onGroupStart: ']],
    ['an answer for a header', { onSignature() {}, onChordHeaderStart: () => 7 }, ['onChordHeaderStart: ']],
    ['an answer for a body', { onSignature() {}, onChordBody: () => 7 }, ['onChordBody: ']],
  ])('%s by its name', (_what, stamps, words) => {
    const inside = a.s().link(b.s()).linkError(c.s())
    const { message } = thrownBy(() => chord([chain(inside)], b.s()).stamp(stamps))
    for (const part of words) expect(message).toContain(part)
  })

  it('an option in the name of the method', () => {
    expect(thrownBy(() => a.s().stamp({}, { append: 1 })).message).toMatch(/^stamp: .*append.*is 1$/)
  })

  it('of a group, the answer of a visitor, by its name', () => {
    const visitor = { onSignature() {}, onGroupStart: () => 7 }
    expect(thrownBy(() => group(a.s()).stamp(visitor)).message).toContain('onGroupStart: ')
  })

  it('of each, the answer of a visitor, by its name', () => {
    expect(thrownBy(() => a.each([[1]]).stamp({ onSignature: () => 7 })).message).toContain('onSignature: ')
  })
})
