/**
 * A task that calls `process.exit()` means its own work, not the thread that others share: so the call fails instead, and the thread goes
 * on. `process.exitCode` stays free. A thread can still die, of native code or for want of memory; that is told by whoever started it.
 */
import { syncBuiltinESMExports } from 'node:module'
import { ProcessExitError, type RunIdentity } from '../errors.js'

type ExitCode = number | string | null | undefined

/** What Node shows of a thread that ends. */
interface EndingProcess {
  readonly _exiting?: boolean
  exit(code?: ExitCode): never
  reallyExit(code?: ExitCode): never
}

/**
 * Puts traps in the place of what ends a thread.
 *
 * @param refuse - Told before the trap throws, since a task may catch what is thrown.
 * @param whose - The run that asks for it, as far as that is known.
 * @returns The real way out, for us alone.
 */
export function trapExit(
  whose: () => RunIdentity | undefined,
  refuse: (error: ProcessExitError) => void,
): (code: number) => never {
  const ending = process as unknown as EndingProcess
  const exit = ending.reallyExit.bind(process)
  for (const name of ['exit', 'reallyExit'] as const) {
    const original = ending[name]
    const trap = (code?: ExitCode): never => {
      // The thread ends already, and Node itself calls: of an error that nothing hears. A throw here would abort the whole process.
      if (ending._exiting === true) return original.call(process, code)
      const error = exitError(name, code, whose())
      refuse(error)
      throw error
    }
    Object.defineProperty(process, name, { value: trap, writable: true, configurable: true, enumerable: true })
  }
  syncBuiltinESMExports() // of `import { exit } from 'node:process'`
  return exit
}

function exitError(name: string, code: ExitCode, run: RunIdentity = NOBODY): ProcessExitError {
  const who = run.taskName === '' ? 'code in a worker thread' : `"${run.taskName}"`
  const message = `${who} called process.${name}(${code ?? ''}), which would end the work of others too: return, or throw, instead`
  return new ProcessExitError(message, run, codeOf(code ?? process.exitCode))
}

const codeOf = (code: ExitCode): number | undefined =>
  Number.isInteger(Number(code ?? NaN)) ? Number(code) : undefined

const NOBODY: RunIdentity = { taskId: '', taskName: '', attempt: 0 }
