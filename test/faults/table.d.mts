/** The table of faults: what one is, how it is provoked, what has to be seen then, and where it is checked. */

/** What must be seen under a name: that very phrase, one that matches, or one that passes. */
export type Wanted = string | RegExp | ((phrase: string) => boolean)

export interface Row {
  /** Section and number: `B1`. */
  readonly id: string
  readonly fault: string
  /** What celeriac has to do about it. */
  readonly must: string
  /** Does it, on any pool, and says what it sees. A row without is checked by its `tests` alone. */
  readonly provoke?: (lab: unknown) => Promise<unknown> | unknown
  /** What must be seen of any pool. That the process ends by itself with code 0, with its threads as before, is always asked for. */
  readonly needs?: Readonly<Record<string, Wanted>>
  /** What must be seen of celeriac, over `needs`: its own errors, by class and code. */
  readonly ours?: Readonly<Record<string, Wanted>>
  /** Tests that hold it: file, and name as it is written there. */
  readonly tests?: readonly (readonly [file: string, name: string])[]
  /** Where a user reads of it, if that is what is asked for. */
  readonly documented?: { readonly file: string; readonly text: string }
  /** Why it cannot be asked of a runtime like this one. */
  readonly notApplicable?: string
  /** Why celeriac does not do what it must, for now. */
  readonly open?: string
  /** No pool has anything of the kind. */
  readonly onlyOurs?: boolean
  /** Needs to count the threads of a process, which only Linux tells. */
  readonly linux?: boolean
  /** The provocation leaves its pools to the process, which has to end by itself. */
  readonly leavesAlone?: boolean
  /** Its pools end, so there are not as many threads as before. */
  readonly threadsGo?: boolean
  /** How long what does not settle is waited for at the end, in ms. */
  readonly patience?: number
  /** How long its process may take, in ms. */
  readonly deadline?: number
  /** Options of Node. */
  readonly args?: readonly string[]
}

export const table: readonly Row[]
