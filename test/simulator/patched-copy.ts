/** Loads a copy of the pure rooms with some of its text replaced: a scheduler that is broken on purpose, or mended on trial. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import ts from 'typescript'
import { type Machine, machineOf, type Rooms } from './machine.js'

/** In one file of `src` (if it is not said which, in one of the scheduler), one place that reads `from`, however it is laid out, and is to read `to`. */
export interface Edit {
  readonly file: string | undefined
  readonly from: string
  readonly to: string
}

const SRC = fileURLToPath(new URL('../../src', import.meta.url))
const ROOMS = ['canvas', 'task', 'graph', 'scheduler']
/** Where the machine's parts come from. */
const PARTS = [
  'canvas/chain',
  'canvas/chord',
  'canvas/group',
  'canvas/map',
  'task/task',
  'graph/call',
  'graph/compile',
  'scheduler/intakes',
  'scheduler/scheduler',
  'scheduler/invariants',
  'scheduler/workflow',
  'scheduler/ends',
]

let sources: ReadonlyMap<string, string> | undefined

function readSources(): ReadonlyMap<string, string> {
  const inRooms = ROOMS.flatMap((room) => readdirSync(join(SRC, room)).map((file) => `${room}/${file}`))
  const files = ['errors.ts', 'option-rules.ts', 'events/event.ts', ...inRooms].filter((file) => file.endsWith('.ts'))
  return new Map(files.map((file) => [file, readFileSync(join(SRC, file), 'utf8')]))
}

const transpiled = new Map<string, string>()

function transpile(text: string): string {
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true }
  const known = transpiled.get(text) ?? ts.transpileModule(text, { compilerOptions }).outputText
  transpiled.set(text, known)
  return known
}

function edited(file: string, text: string, edits: readonly Edit[]): string {
  return edits
    .filter((edit) => edit.file === file)
    .reduce((before, { from, to }) => before.split(laidOutAnyhow(from)).join(to), text)
}

/** @throws if a text to be replaced does not stand in its file exactly once: the source has changed, and the edit must follow. */
function placed(edit: Edit, files: ReadonlyMap<string, string>): Edit {
  const places = [...files].flatMap(([file, text]) => {
    const mayBe = edit.file === undefined ? file.startsWith('scheduler/') : file === edit.file
    return mayBe
      ? text
          .split(laidOutAnyhow(edit.from))
          .slice(1)
          .map(() => file)
      : []
  })
  if (places.length !== 1) throw new Error(`${places.length} places read ${edit.from}`)
  return { ...edit, file: places[0] }
}

/** A formatter may break lines anywhere. */
const laidOutAnyhow = (code: string): RegExp =>
  new RegExp([...code.replace(/\s/g, '')].map((char) => char.replace(/[^\w\s]/, '\\$&')).join('\\s*'))

export async function loadPatched(edits: readonly Edit[]): Promise<Machine> {
  sources ??= readSources()
  const found = sources
  const inPlace = edits.map((edit) => placed(edit, found))
  const folder = mkdtempSync(join(tmpdir(), 'celeriac-patched-'))
  try {
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    for (const [file, text] of found) {
      const path = join(folder, file.replace(/\.ts$/, '.js'))
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, transpile(edited(file, text, inPlace)))
    }
    const loaded = await Promise.all(PARTS.map((part) => import(pathToFileURL(join(folder, `${part}.js`)).href)))
    return machineOf(Object.assign({}, ...loaded) as Rooms)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
