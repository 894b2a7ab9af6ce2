/** Runs a program of `programs/` in a process of its own, with a deadline: a hang is a failure of the test, not of the runner. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface Finished {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

const DEADLINE_MS = 40_000

/** Where it runs, and with which flags of Node; default: here, with none. */
interface Place {
  readonly cwd?: string
  readonly flags?: readonly string[]
}

export function runProgram(
  name: string,
  args: readonly string[] = [],
  { cwd, flags = [] }: Place = {},
): Promise<Finished> {
  const file = fileURLToPath(new URL(`./programs/${name}`, import.meta.url))
  const child = spawn(process.execPath, [...flags, file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: DEADLINE_MS,
    cwd,
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (part) => (stdout += part))
  child.stderr.on('data', (part) => (stderr += part))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
}
