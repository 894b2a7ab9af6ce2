/** Imports task modules, TypeScript included, and finds functions in them. It keeps nothing, and sets no deadline: who asked does. */
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { stripsTypes } from '../environment.js'
import { ConfigurationError } from '../errors.js'
import { findTask, registerTask, type TaskRecord } from '../task/registry.js'
import { exportedFunction } from '../task/tasks-from.js'

/** A task module, evaluated here. Rejects with whatever its evaluation threw. */
export async function importModule(moduleUrl: string): Promise<object> {
  if (isTypeScript(moduleUrl) && !stripsTypes()) await registerTypeScript(moduleUrl)
  return (await import(moduleUrl)) as object
}

/**
 * A plain exported function becomes a task when it is first called; `defineTasks` is not needed for it.
 *
 * @throws `NotRegisteredError` if the module has no such task.
 */
export function adoptTask(module: object, moduleUrl: string, taskName: string): TaskRecord {
  const key = taskName.slice(taskName.lastIndexOf('.') + 1)
  const fn = exportedFunction(module, key, moduleUrl)
  const declared = 'taskName' in fn ? findTask(moduleUrl, String(fn.taskName)) : undefined
  const record = declared ?? { taskName, moduleUrl, fn, options: {} }
  registerTask({ ...record, taskName })
  return record
}

const isTypeScript = (moduleUrl: string): boolean => /\.[mc]?tsx?$/.test(new URL(moduleUrl).pathname)

let typeScript: Promise<void> | undefined

/** Lets this thread import TypeScript by tsx, found from the module or from where the program runs. */
function registerTypeScript(moduleUrl: string): Promise<void> {
  typeScript ??= (async () => {
    const api = resolveTsx([moduleUrl, pathToFileURL(`${process.cwd()}/`).href])
    const { register } = (await import(api)) as { register(): unknown }
    register()
  })()
  return typeScript
}

function resolveTsx(places: readonly string[]): string {
  for (const place of places) {
    try {
      // Resolved as for `require`; the module for `import`, which alone finds its loader, lies beside it.
      return pathToFileURL(
        createRequire(place)
          .resolve('tsx/esm/api')
          .replace(/\.cjs$/, '.mjs'),
      ).href
    } catch {
      // not there: the next place may have it, and if none has, the error below says so
    }
  }
  throw new ConfigurationError(
    `this is TypeScript, and Node ${process.versions.node} does not import it by itself: install tsx, use Node 22.18 or later, or compile the module`,
  )
}
