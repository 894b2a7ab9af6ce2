// Finds the demo's input: the files under node_modules, which everybody has who could start it.
import { readFileSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../node_modules/', import.meta.url))

// Larger files are left out: a few binaries would take longer than all the others, and decide the outcome alone.
const LARGEST = 256 * 1024
const MOST_FILES = 20_000

/**
 * Paths and sizes of up to 20,000 files of up to 256 KB each, sorted by path.
 *
 * @returns {Promise<{ path: string, bytes: number }[]>}
 */
export async function listFiles() {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const files = await Promise.all(paths.sort().map(describe))
  return files.filter((file) => file.bytes <= LARGEST).slice(0, MOST_FILES)
}

/**
 * Reads every file once, so that the first measurement finds them in the disk cache as well as the second does.
 *
 * @param {readonly { path: string }[]} files
 */
export function warmDiskCache(files) {
  for (const { path } of files) readFileSync(join(root, path))
}

/** @param {string} path */
async function describe(path) {
  const { size } = await stat(path)
  return { path: relative(root, path), bytes: size }
}
