/** Which directories a hardened thread may read, on small trees of files. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hardenedFlags } from '../../../src/executors/hardening.js'
import { readableFor } from '../../../src/executors/readable.js'

let root: string
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'readable-')))
})
afterEach(() => rmSync(root, { recursive: true }))

/** Makes empty files, with the directories around them. */
function plant(...paths: string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), '{}')
  }
}
const readable = (...paths: string[]): string[] =>
  readableFor(paths.map((path) => pathToFileURL(join(root, path)).href)).map((path) => path.slice(root.length + 1))

describe('a module makes readable', () => {
  it('the nearest directory with a package.json, and nothing beside it', () => {
    plant('app/package.json', 'app/src/tasks.js', 'app-secrets/key', 'package.json')
    expect(readable('app/src/tasks.js')).toEqual(['app'])
  })

  it('its own directory alone where there is no package.json', () => {
    plant('loose/tasks.js', 'other.js')
    expect(readable('loose/tasks.js')).toEqual(['loose'])
  })

  it('the node_modules of the directories around its package', () => {
    plant(
      'packages/app/package.json',
      'packages/app/tasks.js',
      'node_modules/dep/package.json',
      'node_modules/dep/i.js',
    )
    expect(readable('packages/app/tasks.js')).toEqual(['node_modules', 'packages/app'])
  })

  it('packages of a workspace that a link stands for, with theirs', () => {
    plant(
      'packages/app/package.json',
      'packages/app/tasks.js',
      'packages/lib/package.json',
      'packages/none/package.json',
    )
    plant('packages/deep/package.json', 'node_modules/@own/readme')
    symlinkSync(join(root, 'packages/lib'), join(root, 'node_modules/lib'))
    symlinkSync(join(root, 'packages/deep'), join(root, 'node_modules/@own/deep'))
    symlinkSync(join(root, 'gone'), join(root, 'node_modules/gone'))
    expect(readable('packages/app/tasks.js')).toEqual(['node_modules', 'packages/app', 'packages/deep', 'packages/lib'])
  })

  it('both where it is named and where it really is', () => {
    plant('real/package.json', 'real/tasks.js', 'named/package.json')
    symlinkSync(join(root, 'real/tasks.js'), join(root, 'named/tasks.js'))
    expect(readable('named/tasks.js')).toEqual(['named', 'real'])
  })

  it('nothing if it is no file', () => expect(readableFor(['data:text/javascript,1'])).toEqual([]))

  it('its directory although it is not there', () => expect(readable('not-there/tasks.js')).toEqual(['not-there']))
})

describe('the flags of a hardened thread', () => {
  const flagsOf = (given: string[] | undefined, own: string[]) =>
    hardenedFlags([pathToFileURL(join(root, 'app/tasks.js')).href], given, own)

  it('allow to read a directory, and none whose name begins alike', () => {
    plant('app/package.json', 'app/tasks.js')
    expect(flagsOf([], [])).toContain(`--allow-fs-read=${join(root, 'app')}/*`)
  })

  it('refuse a directory with a star in its name, which would allow more', () => {
    const file = pathToFileURL(join(root, 'a*b/tasks.js')).href
    expect(() => hardenedFlags([file], [], [])).toThrow(expect.objectContaining({ option: 'hardened' }))
  })

  it('end with those given, which so can allow more', () => {
    expect(flagsOf(['--allow-fs-write=/data'], ['--import=x']).at(-1)).toBe('--allow-fs-write=/data')
    expect(flagsOf(['--allow-fs-write=/data'], ['--import=x'])).not.toContain('--import=x')
  })

  it('have of the flags of the process those that say how modules are loaded', () => {
    const own = ['--allow-fs-read=*', '-C', 'dev', '--allow-worker', '--import=./a.js', '--eval', 'x', '--expose-gc']
    expect(flagsOf(undefined, own).slice(-3)).toEqual(['-C', 'dev', '--import=./a.js'])
  })
})
