/** Loads a copy of the pure rooms with some of its text replaced: a scheduler that is broken on purpose, or mended on trial. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import ts from 'typescript'
import { type Machine, machineOf, type Rooms } from './machine.js'

/** In one file of `src`, one place that reads `from`, however it is laid out, and is to read `to`. */
export interface Edit {
  readonly file: string
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
  'scheduler/scheduler',
  'scheduler/invariants',
  'scheduler/workflow',
]

let sources: ReadonlyMap<string, string> | undefined

function readSources(): ReadonlyMap<string, string> {
  const inRooms = ROOMS.flatMap((room) => readdirSync(join(SRC, room)).map((file) => `${room}/${file}`))
  const files = ['errors.ts', 'option-rules.ts', ...inRooms].filter((file) => file.endsWith('.ts'))
  return new Map(files.map((file) => [file, readFileSync(join(SRC, file), 'utf8')]))
}

const transpiled = new Map<string, string>()

function transpile(text: string): string {
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true }
  const known = transpiled.get(text) ?? ts.transpileModule(text, { compilerOptions }).outputText
  transpiled.set(text, known)
  return known
}

/** @throws if a text to be replaced does not stand in its file exactly once: the source has changed, and the edit must follow. */
function edited(file: string, text: string, edits: readonly Edit[]): string {
  return edits
    .filter((edit) => edit.file === file)
    .reduce((before, { from, to }) => {
      const parts = before.split(laidOutAnyhow(from))
      if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places that read ${from}`)
      return parts.join(to)
    }, text)
}

/** A formatter may break lines anywhere. */
const laidOutAnyhow = (code: string): RegExp =>
  new RegExp([...code.replace(/\s/g, '')].map((char) => char.replace(/[^\w\s]/, '\\$&')).join('\\s*'))

export async function loadPatched(edits: readonly Edit[]): Promise<Machine> {
  sources ??= readSources()
  const unknown = edits.find(({ file }) => !sources?.has(file))
  if (unknown !== undefined) throw new Error(`there is no ${unknown.file}`)
  const folder = mkdtempSync(join(tmpdir(), 'celeriac-patched-'))
  try {
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    for (const [file, text] of sources) {
      const path = join(folder, file.replace(/\.ts$/, '.js'))
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, transpile(edited(file, text, edits)))
    }
    const loaded = await Promise.all(PARTS.map((part) => import(pathToFileURL(join(folder, `${part}.js`)).href)))
    return machineOf(Object.assign({}, ...loaded) as Rooms)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
