import { defineTasks } from 'celeriac'

/** What a task might do to what is outside of it. `place` is a directory that is none of its business. */
const DEEDS = {
  'read a file': async (place) => (await import('node:fs')).readFileSync(`${place}/secret.txt`, 'utf8'),
  'list a directory': async (place) => (await import('node:fs')).readdirSync(place),
  'read a file by a promise': async (place) => (await import('node:fs/promises')).readFile(`${place}/secret.txt`),
  'import a module': async (place) => (await import(`${place}/module.mjs`)).default,
  'require a module': async (place) =>
    (await import('node:module')).createRequire(import.meta.url)(`${place}/module.cjs`),
  'write a file': async (place) => (await import('node:fs')).writeFileSync(`${place}/written.txt`, 'x'),
  'write a file of its own package': async () =>
    (await import('node:fs')).writeFileSync(new URL('./written.txt', import.meta.url), 'x'),
  'remove a file': async (place) => (await import('node:fs')).rmSync(`${place}/secret.txt`),
  'make a link': async (place) =>
    (await import('node:fs')).symlinkSync(`${place}/secret.txt`, new URL('./link', import.meta.url)),
  'start a program': async () => (await import('node:child_process')).execFileSync(process.execPath, ['--version']),
  'start a shell': async () => (await import('node:child_process')).execSync('true'),
  'start a thread': async () => {
    ;new (await import('node:worker_threads')).Worker('', { eval: true })
  },
  'load an addon': async (place) => process.dlopen({ exports: {} }, `${place}/addon.node`),
  'use WASI': async () => {
    ;new (await import('node:wasi')).WASI({ version: 'preview1' })
  },
  'open the inspector': async () => (await import('node:inspector')).open(0),
  'make a database': async (place) => {
    ;new (await import('node:sqlite')).DatabaseSync(`${place}/made.db`)
  },
  'write a heap snapshot': async (place) => (await import('node:v8')).writeHeapSnapshot(`${place}/heap`),
  // What it may do.
  'read its own package': async () =>
    (await import('node:fs')).readFileSync(new URL(import.meta.url), 'utf8').length > 0,
  'import a package': async () => (await import('nanoid')).nanoid(),
  compute: async () => 6 * 7,
}

export const { attempt, environment, flags } = defineTasks(import.meta.url, {
  /** What comes of a deed: `done`, or the code of its error. */
  async attempt(deed, place) {
    try {
      await DEEDS[deed](place)
      return 'done'
    } catch (error) {
      return error.code ?? String(error)
    }
  },
  environment: () => ({ ...process.env }),
  flags: () => process.execArgv,
})
