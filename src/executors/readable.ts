/**
 * Which directories a thread must read to run the tasks of some modules: the packages of the modules, and those that their imports can
 * find. It allows nothing by itself.
 */
import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The directories, none inside another one. A module that is no file needs none. */
export function readableFor(moduleUrls: Iterable<string>): readonly string[] {
  const found = new Set<string>()
  const todo = [...moduleUrls].flatMap(packagesOf)
  for (let root = todo.pop(); root !== undefined; root = todo.pop()) {
    if (found.has(root)) continue
    found.add(root)
    for (const modules of modulesAround(root)) {
      found.add(modules)
      todo.push(...linkedFrom(modules))
    }
  }
  return outermost([...found])
}

/** Where a module stands, and where it really does: its loader asks for both. */
function packagesOf(moduleUrl: string): readonly string[] {
  if (!moduleUrl.startsWith('file:')) return []
  const file = fileURLToPath(moduleUrl)
  return existsSync(file) ? [packageOf(file), packageOf(realpathSync(file))] : [packageOf(file)]
}

/** The nearest directory with a `package.json`, as Node looks for it; without one, the directory of the file alone. */
function packageOf(file: string): string {
  return above(dirname(file)).find((directory) => existsSync(join(directory, 'package.json'))) ?? dirname(file)
}

/** A directory, and all those around it, from the inside out. */
function above(directory: string): readonly string[] {
  const found = [directory]
  for (let next = dirname(directory); next !== found.at(-1); next = dirname(next)) found.push(next)
  return found
}

/** Where imports from a package find others. */
const modulesAround = (root: string): readonly string[] =>
  above(root)
    .map((directory) => join(directory, 'node_modules'))
    .filter((directory) => existsSync(directory))

/** Packages that only a link stands for, as in a workspace: where they really are. */
function linkedFrom(modules: string): readonly string[] {
  return readdirSync(modules, { withFileTypes: true }).flatMap((entry) => {
    const path = join(modules, entry.name)
    if (entry.name.startsWith('@') && entry.isDirectory()) return linkedFrom(path)
    return entry.isSymbolicLink() && existsSync(path) ? [realpathSync(path)] : []
  })
}

function outermost(directories: readonly string[]): readonly string[] {
  const isInside = (inner: string, outer: string): boolean => inner !== outer && inner.startsWith(withEnd(outer))
  return directories.filter((one) => !directories.some((other) => isInside(one, other))).sort()
}

/** Else `/app` would stand for `/app-of-somebody-else`, too. */
export const withEnd = (directory: string): string => (directory.endsWith(sep) ? directory : directory + sep)
