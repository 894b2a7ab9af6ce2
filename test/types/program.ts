/**
 * The contract's programs, that of the main entry and its neighbours: writes them for the features there are, and compiles them as a user
 * would, against the built package.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/** A text that stands in the program once, and what is written instead. */
export type Piece = readonly [text: string, instead: string]

export const USE = readFileSync(new URL('use.ts', import.meta.url), 'utf8')

/** The programs of other entries. They import from the main one as `./use.js`. */
export const NEIGHBOURS: readonly string[] = ['use-testing.ts'].map((file) =>
  readFileSync(new URL(file, import.meta.url), 'utf8'),
)

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Where in the program a piece stands. @throws if it stands nowhere, or more than once. */
export function placeOf(text: string, program: string = USE): number {
  const at = program.indexOf(text)
  if (at < 0) throw new Error(`use.ts has no such piece: take it from the list\n  ${text}`)
  if (program.indexOf(text, at + 1) >= 0)
    throw new Error(`use.ts has this piece more than once: make it longer\n  ${text}`)
  return at
}

/** The program with pieces replaced. @throws if two of them overlap. */
export function withPieces(pieces: readonly Piece[], program: string = USE): string {
  const placed = pieces.map((piece) => ({ piece, at: placeOf(piece[0], program) })).sort((a, b) => a.at - b.at)
  let written = ''
  let end = 0
  for (const { piece, at } of placed) {
    if (at < end) throw new Error(`two pieces of the list overlap at\n  ${piece[0]}`)
    written += program.slice(end, at) + piece[1]
    end = at + piece[0].length
  }
  return written + program.slice(end)
}

/** The flags with which the contract is checked. */
const FLAGS = [
  '--noEmit',
  '--strict',
  '--exactOptionalPropertyTypes',
  '--noUncheckedIndexedAccess',
  ...['--skipLibCheck', 'false'],
  ...['--target', 'es2022'],
  ...['--lib', 'es2023,esnext.disposable'],
  ...['--module', 'nodenext'],
  ...['--types', 'node'],
]

/** A folder outside of the repository in which `celeriac` is the package as it is built, and nothing else is installed but Node's types. */
export class UserProject {
  readonly folder = mkdtempSync(join(tmpdir(), 'celeriac-types-'))
  #before: ts.Program | undefined
  readonly #files = new Map<string, ts.SourceFile | undefined>()

  constructor() {
    if (!existsSync(join(root, 'dist/index.d.ts'))) throw new Error('there is no build to check: run npm run build')
    mkdirSync(join(this.folder, 'node_modules'))
    symlinkSync(root, join(this.folder, 'node_modules/celeriac'), 'junction')
    symlinkSync(join(root, 'node_modules/@types'), join(this.folder, 'node_modules/@types'), 'junction')
    writeFileSync(join(this.folder, 'package.json'), '{ "type": "module" }')
  }

  /** Puts a file beside the programs. */
  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text)
  }

  /** What a compiler, by the name of its package, prints about a program and its neighbours; '' if it is content. */
  compile(compiler: string, program: string, neighbours: readonly string[] = []): Promise<string> {
    const files = [`${compiler}.ts`, ...neighbours.map((_, i) => `${compiler}-${i}.ts`)]
    const texts = [program, ...neighbours.map((text) => text.replaceAll("'./use.js'", `'./${compiler}.js'`))]
    for (const [i, file] of files.entries()) this.write(file, texts[i] as string)
    const args = [join(root, 'node_modules', compiler, 'bin/tsc'), ...FLAGS, '--pretty', 'false', ...files]
    return new Promise((resolve) => {
      execFile(process.execPath, args, { cwd: this.folder }, (error, stdout, stderr) =>
        resolve(error === null ? '' : stdout + stderr || error.message),
      )
    })
  }

  /** What the main compiler says about a program, at which line (from 1): code, and the first line of the message. */
  diagnose(program: string): { readonly line: number; readonly message: string }[] {
    const path = join(this.folder, 'program.ts')
    // The list of messages has them whole, however long.
    const { options } = ts.parseCommandLine([...FLAGS, '--noErrorTruncation'])
    const host = ts.createCompilerHost(options)
    const file = ts.createSourceFile(path, program, {
      languageVersion: ts.ScriptTarget.ES2022,
      impliedNodeFormat: ts.ModuleKind.ESNext,
    })
    const read = host.getSourceFile
    host.getCurrentDirectory = () => this.folder
    host.fileExists = (name) => name === path || ts.sys.fileExists(name)
    host.getSourceFile = (name, ...how) => {
      if (name === path) return file
      if (!this.#files.has(name)) this.#files.set(name, read(name, ...how))
      return this.#files.get(name)
    }
    this.#before = ts.createProgram({
      rootNames: [path],
      options,
      host,
      ...(this.#before && { oldProgram: this.#before }),
    })
    const found = [...this.#before.getSyntacticDiagnostics(file), ...this.#before.getSemanticDiagnostics(file)]
    return found.map(({ code, messageText, start = 0 }) => ({
      line: file.getLineAndCharacterOfPosition(start).line + 1,
      message: `TS${code} ${ts.flattenDiagnosticMessageText(messageText, '\n').split('\n')[0]}`,
    }))
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** A wrong program and the first line of what it must be told. */
export interface WrongProgram {
  readonly title: string
  readonly program: string
  readonly message: string
}

/** Reads `errors.txt`: a title behind `##`, the line of the program, the message, then its details. */
export function readWrongPrograms(text: string): WrongProgram[] {
  return text
    .split(/^## /m)
    .slice(1)
    .map((part) => {
      const [title = '', program = '', message = ''] = part.split('\n')
      return { title, program, message }
    })
}
