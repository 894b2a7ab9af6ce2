/** Compiles the contract's program against the build, on three compilers, and compares what wrong programs are told. */
import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { LATER } from './later.js'
import { NEIGHBOURS, type Piece, placeOf, readWrongPrograms, USE, UserProject, withPieces } from './program.js'

const project = new UserProject()
afterAll(() => project.remove())

const pieces = Object.entries(LATER).flatMap(([feature, later]) => later.pieces.map((piece) => ({ feature, piece })))
const program = withPieces(pieces.map(({ piece }) => piece))

describe("the contract's program", () => {
  it.each(['typescript', 'typescript-5.9', 'typescript-7.0'])('compiles with %s', async (compiler) => {
    expect(await project.compile(compiler, program, NEIGHBOURS)).toBe('')
  })

  it.each(pieces)('still waits for $feature: $piece.0', ({ piece }) => {
    const others = pieces.map((one) => one.piece).filter((one) => one !== piece)
    const told = project.diagnose(withPieces(others))
    expect(told, 'it compiles with this piece as it is: take it from the list').not.toHaveLength(0)
  })
})

describe('a wrong program is told what the contract says:', () => {
  const wrong = readWrongPrograms(readFileSync(new URL('errors.txt', import.meta.url), 'utf8'))
  /** What the compiler says about the line behind each comment. */
  const toldIn = (text: string): [string | undefined, string][] => {
    const spoken = text.replaceAll('// @ts-expect-error ', '// wrong: ')
    const lines = spoken.split('\n')
    return project.diagnose(spoken).map(({ line, message }) => [lines[line - 2]?.trim(), message])
  }
  project.write('use.ts', program)
  const told = new Map([program, ...NEIGHBOURS].flatMap(toldIn))
  const later = new Map(
    Object.entries(LATER).flatMap(([feature, one]) => (one.messages ?? []).map((title) => [title, feature])),
  )

  it.each(wrong.filter(({ title }) => !later.has(title)))('$title', ({ title, program: text, message }) => {
    expect(told.get(`// wrong: ${title}`) ?? 'nothing', text).toBe(message)
  })

  it.each(wrong.filter(({ title }) => later.has(title)))('$title: later', ({ title, message }) => {
    expect(told.get(`// wrong: ${title}`), `the message is right: take it from ${later.get(title)}`).not.toBe(message)
  })

  it('of every one that the program has, and of no other', () => {
    const titles = new Set(wrong.map(({ title }) => title))
    expect(
      [USE, ...NEIGHBOURS]
        .flatMap((text) => [...text.matchAll(/@ts-expect-error (.*)/g)].map(([, title]) => title))
        .filter((title) => !titles.has(title!)),
    ).toEqual([])
    expect([...later.keys()].filter((title) => !titles.has(title))).toEqual([])
    expect([...told.keys()].filter((comment) => !comment?.startsWith('// wrong: '))).toEqual([])
  })
})

describe('the list of what comes later', () => {
  const replaced: Piece = ['const b = 2', 'const b = 3']

  it('replaces each piece where it stands', () => {
    expect(
      withPieces(
        [
          ['2', '3'],
          ['a', 'x'],
        ],
        'a = 1; b = 2',
      ),
    ).toBe('x = 1; b = 3')
    expect(withPieces([replaced], 'const b = 2')).toBe('const b = 3')
  })
  it('refuses a piece that is not there, is there twice, or overlaps another', () => {
    expect(() => placeOf('never written')).toThrow('no such piece')
    expect(() => placeOf('add.s(1, 1)')).toThrow('more than once')
    expect(() =>
      withPieces(
        [
          ['ab', ''],
          ['bc', ''],
        ],
        'abc',
      ),
    ).toThrow('overlap')
  })
})
