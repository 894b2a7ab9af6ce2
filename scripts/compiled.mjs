/**
 * The simulator as plain JavaScript, in a folder of its own that goes when the program ends. What registers TypeScript with Node at run time
 * names every function as it is made, which takes the simulator a fifth of its time.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import ts from 'typescript'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const FOLDERS = ['src', 'test/property', 'test/simulator']
const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true }

/** Gives the URL of the folder, in which the tree is as here. It lies inside of `node_modules`, so that packages are found. */
export function compileSimulator() {
  const cache = join(ROOT, 'node_modules', '.cache')
  mkdirSync(cache, { recursive: true })
  const out = mkdtempSync(join(cache, 'celeriac-simulator-'))
  process.on('exit', () => rmSync(out, { recursive: true, force: true }))
  writeFileSync(join(out, 'package.json'), '{ "type": "module" }')
  for (const folder of FOLDERS)
    for (const file of readdirSync(join(ROOT, folder), { recursive: true })) compile(join(folder, file), out)
  return pathToFileURL(`${out}/`)
}

function compile(file, out) {
  const isScript = file.endsWith('.js')
  if (!isScript && (!file.endsWith('.ts') || file.endsWith('.d.ts'))) return
  const [from, to] = [join(ROOT, file), join(out, file.replace(/\.ts$/, '.js'))]
  mkdirSync(dirname(to), { recursive: true })
  if (isScript) copyFileSync(from, to)
  else {
    // Mutants change the text of the sources themselves.
    if (file.startsWith('src')) copyFileSync(from, join(out, file))
    writeFileSync(to, ts.transpileModule(readFileSync(from, 'utf8'), { compilerOptions }).outputText)
  }
}
