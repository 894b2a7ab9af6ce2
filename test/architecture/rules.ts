/** Holds a source tree against the table: each rule gives the sentences to print, none if the tree keeps it. */
import ts from 'typescript'
import { type Import, lineOf, type Tree } from './imports.js'
import { usesOf } from './purity.js'
import {
  COMPUTED_IMPORTS,
  EMPTY_WORDS,
  EXCEPTIONS,
  LIGHT,
  ORDER,
  OUTSIDE,
  PACKAGES,
  PROMISES,
  PURE,
  PURE_BUT_FOR_PROMISES,
  type Room,
} from './table.js'

const order: readonly string[] = ORDER

/** The room of a file: its outermost folder, or its own name. */
export const roomOf = (path: string): string => (path.split('/')[0] as string).replace(/\.ts$/, '')

const isPure = (path: string): boolean => [...PURE, ...PURE_BUT_FOR_PROMISES].includes(roomOf(path) as Room)
const place = ({ from, line, specifier }: Import): string => `${from}:${line} imports '${specifier}'`

export function unknownRooms({ files }: Tree): string[] {
  return [...new Set([...files.keys()].map(roomOf))]
    .filter((room) => !order.includes(room))
    .map((room) => `${room}: no room of that name in the table; give it its place`)
}

export function emptyNames({ files }: Tree): string[] {
  const named = (path: string) => path.replace(/\.ts$/, '').split('/')
  return [...files.keys()]
    .filter((path) => named(path).some((word) => EMPTY_WORDS.includes(word)))
    .map((path) => `${path}: a name that says nothing about what is inside`)
}

export function upwardImports({ imports }: Tree): string[] {
  return imports.flatMap((one) => {
    if (one.to === undefined) return []
    const [from, to] = [roomOf(one.from), roomOf(one.to)]
    return order.indexOf(to) > order.indexOf(from) ? [`${place(one)}: ${to} stands right of ${from}`] : []
  })
}

/** Files of the tree that are not there, and the package by its own name. */
export function strayImports({ imports }: Tree): string[] {
  return imports.flatMap((one) => {
    if (one.specifier.startsWith('.')) return one.to === undefined ? [`${place(one)}: no such file`] : []
    return packageOf(one.specifier) === 'celeriac' ? [`${place(one)}: inside, import the file you mean`] : []
  })
}

/** Imports of Node's modules by pure rooms, and of packages by anyone the table does not name. */
export function foreignImports({ imports }: Tree): string[] {
  return imports.flatMap((one) => {
    const { from, specifier } = one
    if (specifier.startsWith('.') || packageOf(specifier) === 'celeriac') return []
    if (specifier.startsWith('node:')) return isPure(from) ? [`${place(one)}: ${roomOf(from)} is pure`] : []
    const allowed = PACKAGES[packageOf(specifier)] ?? []
    const named = allowed.includes(from) || (!isPure(from) && allowed.includes(roomOf(from)))
    return named ? [] : [`${place(one)}: the table does not let it`]
  })
}

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

/** Circles of files, type-only imports included; each once, as a path back to its first file. */
export function importCycles(tree: Tree): string[] {
  const targets = targetsOf(tree)
  const state = new Map<string, 'open' | 'done'>()
  const found: string[] = []
  const path: string[] = []
  const visit = (file: string): void => {
    state.set(file, 'open')
    path.push(file)
    for (const next of targets.get(file) ?? []) {
      if (state.get(next) === 'open') found.push([...path.slice(path.indexOf(next)), next].join(' → '))
      else if (!state.has(next)) visit(next)
    }
    path.pop()
    state.set(file, 'done')
  }
  for (const file of tree.files.keys()) if (!state.has(file)) visit(file)
  return found
}

function targetsOf({ imports }: Tree): ReadonlyMap<string, ReadonlySet<string>> {
  const targets = new Map<string, Set<string>>()
  for (const { from, to } of imports)
    if (to !== undefined) targets.set(from, (targets.get(from) ?? new Set<string>()).add(to))
  return targets
}

/** What a light file reaches of rooms that it must not, each with the way there. */
export function heavyReaches(tree: Tree): string[] {
  const targets = targetsOf(tree)
  return LIGHT.flatMap(({ file, reaches }) => {
    if (!tree.files.has(file)) return [`${file}: not there`]
    const ways = new Map([[file, file]])
    for (const [from, way] of ways)
      for (const to of targets.get(from) ?? []) if (!ways.has(to)) ways.set(to, `${way} → ${to}`)
    const allowed: readonly string[] = reaches
    return [...ways].filter(([to]) => !allowed.includes(roomOf(to))).map(([, way]) => way)
  })
}

/** What pure rooms touch of the world outside, exceptions apart; and exceptions that nothing needs. */
export function impurities({ files }: Tree, exceptions: typeof EXCEPTIONS = EXCEPTIONS): string[] {
  const unused = new Set(exceptions)
  const found = [...files].flatMap(([path, file]) =>
    usesOf(file, forbiddenIn(path)).flatMap(({ name, line }) => {
      const exception = exceptions.find((one) => one.file === path && one.does === name)
      if (exception === undefined) return [`${path}:${line} touches ${name}: ${roomOf(path)} is pure`]
      unused.delete(exception)
      return []
    }),
  )
  return [...found, ...[...unused].map(({ file, does }) => `${file}: the exception for ${does} is not needed`)]
}

function forbiddenIn(path: string): ReadonlySet<string> {
  const room = roomOf(path) as Room
  if (PURE.includes(room)) return new Set([...OUTSIDE, ...PROMISES])
  return PURE_BUT_FOR_PROMISES.includes(room) ? OUTSIDE : new Set()
}

const EVALUATORS: ReadonlySet<string> = new Set(['eval', 'Function', 'Function.prototype'])
const VM: readonly string[] = ['node:vm', 'vm', 'node:repl', 'repl']

/** Where text becomes code: `eval`, `Function`, `vm`, and an import of what is not written there. */
export function evaluations({ files, imports }: Tree, computed = COMPUTED_IMPORTS): string[] {
  const unused = new Set(computed)
  const ofText = [...files].flatMap(([path, file]) => {
    const uses = usesOf(file, EVALUATORS)
    // The prototype is asked for by way of the global, and evaluates nothing.
    const harmless = new Set(uses.filter(({ name }) => name === 'Function.prototype').map(({ line }) => line))
    const made = uses.filter(({ name, line }) => name === 'eval' || (name === 'Function' && !harmless.has(line)))
    return made.map(({ name, line }) => `${path}:${line} uses ${name}, which makes code of text`)
  })
  const ofVm = imports
    .filter(({ specifier }) => VM.includes(specifier))
    .map((one) => `${place(one)}: no code from text`)
  const ofImports = [...files].flatMap(([path, file]) =>
    computedImports(file).flatMap((line) => {
      const exception = computed.find((one) => one.file === path)
      if (exception === undefined) return [`${path}:${line} imports what is computed`]
      unused.delete(exception)
      return []
    }),
  )
  const notNeeded = [...unused].map(({ file }) => `${file}: the exception for a computed import is not needed`)
  return [...ofText, ...ofVm, ...ofImports, ...notNeeded]
}

/** The lines of `import(x)` and `require(x)` whose `x` is no literal. */
function computedImports(file: ts.SourceFile): number[] {
  const found: number[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isLoad(node.expression) && !isLiteral(node.arguments[0])) found.push(lineOf(node))
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

const isLoad = (callee: ts.Expression): boolean =>
  callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require')
const isLiteral = (argument: ts.Expression | undefined): boolean =>
  argument !== undefined && ts.isStringLiteralLike(argument)

/** Files that do not begin by saying why they exist. */
export function missingHeaders({ files }: Tree): string[] {
  return [...files].filter(([, file]) => !hasHeader(file.text)).map(([path]) => `${path}: no header comment`)
}

function hasHeader(text: string): boolean {
  const start = ts.getShebang(text)?.length ?? 0
  const [first] = ts.getLeadingCommentRanges(text, start) ?? []
  if (first === undefined || text.slice(start, first.pos).trim() !== '') return false
  const words = text
    .slice(first.pos, first.end)
    .replace(/^\/[/*]+|\*+\/$/g, '')
    .trim()
  return words.length >= 20 && !/^(biome-ignore|@ts-|<reference|eslint)/.test(words)
}
