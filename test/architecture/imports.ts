/** Reads a source tree as the compiler does: what each file imports, types included. It judges nothing. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, relative, sep } from 'node:path'
import ts from 'typescript'

/** Texts by path, relative to `src`, with forward slashes. */
export type Sources = ReadonlyMap<string, string>

export interface Import {
  readonly from: string
  readonly line: number
  readonly specifier: string
  /** The file of the tree that is meant; `undefined` for packages, Node's modules and what is not there. */
  readonly to: string | undefined
}

export interface Tree {
  readonly files: ReadonlyMap<string, ts.SourceFile>
  readonly imports: readonly Import[]
}

/** The TypeScript files of a folder. */
export function readSources(folder: string): Sources {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  return new Map(paths.map((path) => [relative(folder, path).split(sep).join('/'), readFileSync(path, 'utf8')]))
}

export function parseTree(sources: Sources): Tree {
  const files = new Map(
    [...sources].map(([path, text]) => [path, ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true)]),
  )
  return { files, imports: [...files].flatMap(([path, file]) => importsOf(path, file, files)) }
}

export const lineOf = (node: ts.Node): number => {
  const file = node.getSourceFile()
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1
}

function importsOf(from: string, file: ts.SourceFile, files: ReadonlyMap<string, unknown>): Import[] {
  const found: Import[] = []
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node)
    if (specifier !== undefined)
      found.push({ from, line: lineOf(node), specifier, to: resolve(from, specifier, files) })
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

/** The module that a node names, whatever the syntax: `import`, `export … from`, `import()`, `import('…').Type`, `import … = require()`. */
function specifierOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier)
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? textOf(node.argument.literal) : undefined
  if (ts.isExternalModuleReference(node)) return textOf(node.expression)
  if (ts.isCallExpression(node) && isImportOrRequire(node.expression)) return textOf(node.arguments[0])
  return undefined
}

const isImportOrRequire = (callee: ts.Expression): boolean =>
  callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require')

const textOf = (node: ts.Node | undefined): string | undefined =>
  node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined

function resolve(from: string, specifier: string, files: ReadonlyMap<string, unknown>): string | undefined {
  if (!specifier.startsWith('.')) return undefined
  const path = posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts')
  return files.has(path) ? path : undefined
}
