/**
 * The flags that put a worker thread under Node's permission model. What they forbid is Node's to enforce, and what it does not cover
 * stands in SECURITY.md.
 */
import { ConfigurationError } from '../errors.js'
import { readableFor, withEnd } from './readable.js'
import { refusedFlags } from './thread-flags.js'

/** The first Node whose threads can be put under it. */
const FIRST_MAJOR = 22
/** Older ones of those call it an experiment. */
const SWITCHES = ['--permission', '--experimental-permission']

/** @throws {@link ConfigurationError} where Node cannot do it. */
export function checkHardened(nodeVersion: string): void {
  if (Number.parseInt(nodeVersion, 10) >= FIRST_MAJOR) return
  throw new ConfigurationError(
    `createRuntime: option "hardened" needs Node ${FIRST_MAJOR} or later, whose worker threads have a permission model, and this is Node ${nodeVersion}`,
    'hardened',
    true,
  )
}

/**
 * All flags of a hardened thread.
 *
 * @param moduleUrls - The modules that it is to run.
 * @param given - The option `execArgv`; it stands last, and so can allow more.
 * @param own - The flags of the process.
 */
export function hardenedFlags(
  moduleUrls: Iterable<string>,
  given: readonly string[] | undefined,
  own: readonly string[],
): readonly string[] {
  const allowed = readableFor(moduleUrls).map((directory) => `--allow-fs-read=${refuseStar(directory)}*`)
  return [...SWITCHES.filter(isTaken).slice(0, 1), ...allowed, ...CLOSED.filter(isTaken), ...(given ?? loading(own))]
}

const isTaken = (flag: string): boolean => refusedFlags([flag]).length === 0

/** What the permission model leaves open, and a flag closes. */
const CLOSED = [
  // A thread has no file that it was started with, for which Node allows it to read all of the working directory, unless it is a console.
  // A thread never becomes one.
  '--interactive',
  // It opens, makes and writes files without asking.
  '--no-experimental-sqlite',
]

/** Node takes all that follows a star for part of it. */
function refuseStar(directory: string): string {
  if (directory.includes('*'))
    throw new ConfigurationError(
      `a hardened thread can be allowed no directory with a star in its name: ${directory}`,
      'hardened',
      true,
    )
  return withEnd(directory)
}

/** Flags of the process that say how modules are found and loaded; any others could take the permissions back. */
function loading(own: readonly string[]): readonly string[] {
  return own.flatMap((flag, at) => {
    const [name = '', value] = flag.split('=', 2)
    if (!LOADING.has(name)) return []
    return value === undefined ? [flag, own[at + 1] ?? ''] : [flag]
  })
}

const LOADING = new Set(['--import', '--require', '-r', '--loader', '--experimental-loader', '--conditions', '-C'])
