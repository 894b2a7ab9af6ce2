/** Finds the function behind `url#name`, importing its module when it is not there yet. It sets no deadline: who asked does. */
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { stripsTypes } from '../environment.js'
import { ConfigurationError, NotRegisteredError, type RunIdentity, WorkerLostError } from '../errors.js'
import { findTask, registerTask, type TaskRecord } from '../task/registry.js'
import { exportedFunction } from '../task/tasks-from.js'

/** Told when a module is imported for the first time here, and when that has ended. */
export interface ImportObserver {
  importing(moduleUrl: string): void
  imported(moduleUrl: string): void
}

/**
 * The task of that identity.
 *
 * @throws {@link WorkerLostError} with reason `start` if its module cannot be imported; {@link NotRegisteredError} if the module has no such task.
 */
export async function loadTask(
  moduleUrl: string,
  taskName: string,
  run: RunIdentity,
  observer: ImportObserver,
): Promise<TaskRecord> {
  const module = await importModule(moduleUrl, run, observer)
  return findTask(moduleUrl, taskName) ?? adopt(module, moduleUrl, taskName)
}

async function importModule(moduleUrl: string, run: RunIdentity, observer: ImportObserver): Promise<object> {
  observer.importing(moduleUrl)
  try {
    if (isTypeScript(moduleUrl) && !stripsTypes()) await registerTypeScript(moduleUrl)
    return (await import(moduleUrl)) as object
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new WorkerLostError(`the task module ${moduleUrl} could not be imported: ${why}`, run, {
      reason: 'start',
      cause,
    })
  } finally {
    observer.imported(moduleUrl)
  }
}

/** A plain exported function becomes a task when it is first called; `defineTasks` is not needed for it. */
function adopt(module: object, moduleUrl: string, taskName: string): TaskRecord {
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
