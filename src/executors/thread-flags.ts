/**
 * Which of Node's flags and which environment a worker thread takes. Node itself is asked, in a way that starts no thread; this file decides
 * nothing about what the flags do.
 */
import { Worker } from 'node:worker_threads'
import { ConfigurationError } from '../errors.js'

/** No Node has it, so a thread that is to have it is refused before it is started. */
const NO_FLAG = '--celeriac-has-no-such-flag'
const BAD_FLAGS = /invalid execArgv flags: (.*)/s
const BAD_NODE_OPTIONS = /invalid NODE_OPTIONS env variable: (.*)/s

/** What Node says against a thread with these. */
function complaintOf(flags: readonly string[], env: Readonly<Record<string, string>> | undefined): string {
  try {
    void new Worker(new URL(import.meta.url), { execArgv: [...flags, NO_FLAG], ...(env && { env }) }).terminate()
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Those of the flags that a thread does not take, in Node's words. */
export function refusedFlags(flags: readonly string[]): readonly string[] {
  const complaint = complaintOf(flags, undefined)
  // What is no flag ends the list for Node: the one that it must refuse has not been read.
  if (complaint === '') return flags.filter((flag) => !flag.startsWith('-'))
  const list = BAD_FLAGS.exec(complaint)?.[1] ?? ''
  return list.split(', ').filter((flag) => flag !== NO_FLAG && flag !== '')
}

/** @throws {@link ConfigurationError} for flags, and for a `NODE_OPTIONS`, that no thread can be started with. */
export function checkThread(
  execArgv: readonly string[] | undefined,
  env: Readonly<Record<string, string>> | undefined,
): void {
  const refused = execArgv === undefined ? [] : refusedFlags(execArgv)
  if (refused.length > 0)
    throw new ConfigurationError(
      `createRuntime: option "execArgv" holds what no worker thread takes: ${refused.join(', ')}`,
      'execArgv',
      execArgv,
    )
  const inEnv = env?.NODE_OPTIONS === undefined ? undefined : BAD_NODE_OPTIONS.exec(complaintOf([], env))?.[1]
  if (inEnv !== undefined)
    throw new ConfigurationError(
      `createRuntime: option "env" has a NODE_OPTIONS that no worker thread takes: ${inEnv}`,
      'env',
      env?.NODE_OPTIONS,
    )
}
