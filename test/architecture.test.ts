/** Holds the real imports of `src` against the table of rooms, and the checker itself against small trees that break it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseTree, readSources, type Tree } from './architecture/imports.js'
import {
  emptyNames,
  evaluations,
  foreignImports,
  heavyReaches,
  importCycles,
  impurities,
  missingHeaders,
  strayImports,
  unknownRooms,
  upwardImports,
} from './architecture/rules.js'

const src = new URL('../src/', import.meta.url)

describe('the source tree', () => {
  const tree = parseTree(readSources(fileURLToPath(src)))

  it('is read: files, and imports between them', () => {
    expect(tree.files.size).toBeGreaterThan(10)
    expect(tree.imports.filter(({ to }) => to !== undefined).length).toBeGreaterThan(10)
  })
  it('has no room without a place in the order', () => expect(unknownRooms(tree)).toEqual([]))
  it('has no folder or file with an empty name', () => expect(emptyNames(tree)).toEqual([]))
  it('imports only what is there, never itself by name', () => expect(strayImports(tree)).toEqual([]))
  it('imports only from the left', () => expect(upwardImports(tree)).toEqual([]))
  it('has no circle of imports', () => expect(importCycles(tree)).toEqual([]))
  it('imports Node and packages only where the table says so', () => expect(foreignImports(tree)).toEqual([]))
  it('touches nothing outside in pure rooms', () => expect(impurities(tree)).toEqual([]))
  it('makes no code of text', () => expect(evaluations(tree)).toEqual([]))
  it('keeps the worker entry light', () => expect(heavyReaches(tree)).toEqual([]))
  it('begins every file with a header comment', () => expect(missingHeaders(tree)).toEqual([]))

  it('publishes every folder that has an index.ts, and no other', () => {
    const folders = readdirSync(src, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    const entries = folders
      .filter(({ name }) => existsSync(new URL(`${name}/index.ts`, src)))
      .map(({ name }) => `./${name}`)
    const manifest = JSON.parse(readFileSync(new URL('../package.json', src), 'utf8')) as { exports: object }
    const published = Object.keys(manifest.exports).filter((path) => path !== '.' && path !== './package.json')
    expect(published.sort()).toEqual(entries.sort())
  })
})

/** A tree of small files, each with a header. */
const treeOf = (files: Record<string, string>): Tree =>
  parseTree(new Map(Object.entries(files).map(([path, text]) => [path, `/** A file made for this test. */\n${text}`])))

describe('the checker finds', () => {
  it.each([
    ['an import', "import { a } from '../scheduler/b.js'"],
    ['a type-only import', "import type { A } from '../scheduler/b.js'"],
    ['a type-only name', "import { type A } from '../scheduler/b.js'"],
    ['an import for effect', "import '../scheduler/b.js'"],
    ['a re-export', "export { a } from '../scheduler/b.js'"],
    ['a re-export of everything', "export * from '../scheduler/b.js'"],
    ['a re-exported type', "export type { A } from '../scheduler/b.js'"],
    ['a dynamic import', "const a = () => import('../scheduler/b.js')"],
    ['an import inside a type', "type A = import('../scheduler/b.js').A"],
    ['the type of a module', "type A = typeof import('../scheduler/b.js')"],
    ['an import by require', "import b = require('../scheduler/b.js')"],
  ])('%s that points up', (_, text) => {
    const tree = treeOf({ 'canvas/a.ts': text, 'scheduler/b.ts': 'export const a = 1' })
    expect(upwardImports(tree)).toEqual(["canvas/a.ts:2 imports '../scheduler/b.js': scheduler stands right of canvas"])
  })

  it('nothing wrong with an import that points down, or stays in the room', () => {
    const tree = treeOf({
      'scheduler/a.ts': "import '../canvas/c.js'; import './b.js'; import '../errors.js'",
      'scheduler/b.ts': '',
      'canvas/c.ts': '',
      'errors.ts': '',
    })
    expect(upwardImports(tree)).toEqual([])
    expect(strayImports(tree)).toEqual([])
  })

  it('an import of a file that is not there, and of the package by its own name', () => {
    const tree = treeOf({ 'canvas/a.ts': "import './b.js'; import 'celeriac'; import 'celeriac/testing'" })
    expect(strayImports(tree)).toHaveLength(3)
  })

  it('a circle of two files, by a type', () => {
    const tree = treeOf({
      'canvas/a.ts': "import { b } from './b.js'",
      'canvas/b.ts': "import type { A } from './a.js'",
    })
    expect(importCycles(tree)).toEqual(['canvas/a.ts → canvas/b.ts → canvas/a.ts'])
  })

  it('a longer circle once, and no circle where two ways meet', () => {
    const circle = treeOf({
      'task/a.ts': "import './b.js'",
      'task/b.ts': "import './c.js'",
      'task/c.ts': "import './a.js'; import './d.js'",
      'task/d.ts': '',
    })
    expect(importCycles(circle)).toEqual(['task/a.ts → task/b.ts → task/c.ts → task/a.ts'])
    const diamond = treeOf({
      'task/a.ts': "import './b.js'; import './c.js'",
      'task/b.ts': "import './d.js'",
      'task/c.ts': "import './d.js'",
      'task/d.ts': '',
    })
    expect(importCycles(diamond)).toEqual([])
  })

  it('a file that imports itself', () =>
    expect(importCycles(treeOf({ 'task/a.ts': "import './a.js'" }))).toEqual(['task/a.ts → task/a.ts']))

  it("Node's modules and packages in a pure room", () => {
    const tree = treeOf({
      'graph/a.ts': "import 'node:fs'; import type { X } from 'piscina'; import { e } from 'eventemitter3'",
    })
    expect(foreignImports(tree)).toHaveLength(3)
  })

  it('packages by file and room', () => {
    const tree = treeOf({
      'events/bus.ts': "import { EventEmitter } from 'eventemitter3'",
      'events/event.ts': "import { EventEmitter } from 'eventemitter3'",
      'environment.ts': "import { nanoid } from 'nanoid'; import 'node:v8'",
      'runtime/runtime.ts': "import { map } from 'p-map'; import 'fs'; import '@scope/one/two'",
    })
    expect(foreignImports(tree).map((line) => line.split(': ')[0])).toEqual([
      "events/event.ts:2 imports 'eventemitter3'",
      "runtime/runtime.ts:2 imports 'p-map'",
      "runtime/runtime.ts:2 imports 'fs'",
      "runtime/runtime.ts:2 imports '@scope/one/two'",
    ])
  })

  it('what the worker entry must not reach, through others and by types', () => {
    const tree = treeOf({
      'worker/entry.ts': "import './run-task.js'",
      'worker/run-task.ts': "import type { G } from '../graph/graph.js'; import '../task/task.js'",
      'graph/graph.ts': '',
      'task/task.ts': '',
    })
    expect(heavyReaches(tree)).toEqual(['worker/entry.ts → worker/run-task.ts → graph/graph.ts'])
  })

  it.each([
    ['const a = Date.now()', 'Date'],
    ['const a = new Date()', 'Date'],
    ['const a = new Date', 'Date'],
    ['const a = new Date(...[])', 'Date'],
    ['const a = new Date(2030, 1)', 'Date'],
    ['const a = new Date(Date.now())', 'Date'],
    ['const a = new globalThis.Date(1)', 'Date'],
    ['const a = [Date].length', 'Date'],
    ['const a = { Date }', 'Date'],
    ['const a = { at: Date }', 'Date'],
    ['const { now } = Date', 'Date'],
    ['class A extends Date {}', 'Date'],
    ['const f = (at = Date.now()) => at', 'Date'],
    ['export default Date', 'Date'],
    ['const a = globalThis.Date', 'Date'],
    ["const a = globalThis['process']", 'process'],
    ['const a = Math.random()', 'Math.random'],
    ["const a = Math['random']", 'Math.random'],
    ['setTimeout(() => {}, 1)', 'setTimeout'],
    ['setInterval(() => {}, 1)', 'setInterval'],
    ['setImmediate(() => {})', 'setImmediate'],
    ['queueMicrotask(() => {})', 'queueMicrotask'],
    ['const a = process.env', 'process'],
    ['const a = (process as unknown) as object', 'process'],
    ['const a = performance.now()', 'performance'],
    ["const a = require('fs')", 'require'],
    ['const a = new Promise(() => {})', 'Promise'],
    ['const a = Promise.resolve()', 'Promise'],
    ['async function f() {}', 'async'],
    ['const f = async () => {}', 'async'],
    ['const a = { async f() {} }', 'async'],
    ['class A { async *f() {} }', 'async'],
    ['await 1', 'await'],
    ['const a = (url: string) => import(url)', 'import()'],
    ['{ const Date = 1 }\nconst b = Date', 'Date'],
  ])('the outside in a pure room: %s', (text, name) => {
    const found = impurities(treeOf({ 'graph/a.ts': text }), [])
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(`touches ${name}: graph is pure`)
  })

  it.each([
    'type A = Date | Promise<number>',
    'interface A { date: Date; then(): Promise<void> }',
    'declare const a: { f(): Promise<Date> }',
    'declare function f(x?: Date): Promise<void>',
    'const a = (x: { process: number }) => x.process',
    'const a = { process: 1, Date: 2 }',
    'class A { process = 1; Date() {} get performance() { return 1 } }',
    'const a = (process: number) => process + 1',
    'function f({ process }: { process: number }) { return process }',
    'function f(performance: number) { return () => performance }',
    "import { process } from './b.js'; const a = process",
    'for (const process of [1]) [process].length',
    'try { f() } catch (process) { throw process }\nfunction f() {}',
    'const a = Math.max(1, 2)',
    'const a = (x: unknown) => x as Date',
    'const a = (x: string) => new Date(x)',
    'const a = (x: unknown): x is Promise<number> => x === 1',
    'const a = new Map<string, Promise<Date>>()',
    "const a = 'Date process Math.random()' // Date.now()",
    'class A implements Promise2 {}\ninterface Promise2 {}',
  ])('nothing outside in: %s', (text) => {
    expect(impurities(treeOf({ 'graph/a.ts': text, 'graph/b.ts': 'export const process = 1' }), [])).toEqual([])
  })

  it('promises in the result room only', () => {
    const text = 'export const a = async () => { await Promise.resolve() }'
    expect(impurities(treeOf({ 'result/a.ts': text }), [])).toEqual([])
    expect(impurities(treeOf({ 'result/a.ts': 'const a = Date.now()' }), [])).toHaveLength(1)
    expect(impurities(treeOf({ 'runtime/a.ts': `${text}; setTimeout(a, 1)` }), [])).toEqual([])
  })

  it('an exception that nothing needs', () => {
    const exception = { file: 'task/a.ts', does: 'Date', because: 'of this test' }
    expect(impurities(treeOf({ 'task/a.ts': 'const a = Date.now()' }), [exception])).toEqual([])
    expect(impurities(treeOf({ 'task/a.ts': '' }), [exception])).toEqual([
      'task/a.ts: the exception for Date is not needed',
    ])
  })

  it.each([
    ["eval('1')", 'uses eval'],
    ["globalThis.eval('1')", 'uses eval'],
    ['const run = eval', 'uses eval'],
    ["const f = new Function('return 1')", 'uses Function'],
    ["const f = Function('return 1')", 'uses Function'],
    ['const { constructor } = { constructor: Function }', 'uses Function'],
    ["import vm from 'node:vm'", "imports 'node:vm'"],
    ['const load = (url: string) => import(url)', 'imports what is computed'],
    ['const load = (name: string) => require(name)', 'imports what is computed'],
  ])('code made of text: %s', (text, complaint) => {
    const found = evaluations(treeOf({ 'worker/a.ts': text }), [])
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(complaint)
  })

  it.each([
    'const a = Object.create(Function.prototype)',
    'type F = Function',
    "const a = import('./b.js')",
    'const a = { eval: true }',
    'const f = (eval_: string) => eval_',
  ])('no code made of text in: %s', (text) => {
    expect(evaluations(treeOf({ 'worker/a.ts': text, 'worker/b.ts': '' }), [])).toEqual([])
  })

  it('an exception for a computed import, if there is one, and only then', () => {
    const exception = { file: 'worker/a.ts', because: 'of this test' }
    expect(evaluations(treeOf({ 'worker/a.ts': 'const f = (x: string) => import(x)' }), [exception])).toEqual([])
    expect(evaluations(treeOf({ 'worker/a.ts': '' }), [exception])).toHaveLength(1)
  })

  it('a room, a folder and a file that have no business there', () => {
    const tree = treeOf({ 'kitchen/a.ts': '', 'canvas/helpers.ts': '', 'canvas/utils/b.ts': '', 'canvas/chain.ts': '' })
    expect(unknownRooms(tree)).toHaveLength(1)
    expect(emptyNames(tree)).toHaveLength(2)
  })

  it.each([
    ['no comment', "import './b.js'", false],
    ['a comment further down', 'const a = 1\n/** What this file is for. */', false],
    ['an order to a tool', '// biome-ignore lint/a/b: for the sake of this test\nconst a = 1', false],
    ['one word', '/** Chains. */\nconst a = 1', false],
    ['a sentence', '/** Steps one after the other. */\nconst a = 1', true],
    ['a line comment', '// What this file is for.\nconst a = 1', true],
    ['a sentence behind a shebang', '#!/usr/bin/env node\n/** The command line of it all. */\nconst a = 1', true],
  ])('whether a file says why it exists: %s', (_, text, says) => {
    expect(missingHeaders(parseTree(new Map([['canvas/a.ts', text]])))).toHaveLength(says ? 0 : 1)
  })
})
