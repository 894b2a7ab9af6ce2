import type { Task } from 'celeriac'

type Given<P extends readonly any[], R = unknown> = Task<P, R, R | Promise<R>>

export declare const tasks: {
  readonly thread: Given<[], number>
  readonly pause: Given<[ms: number], number>
  readonly exit: Given<[code: number]>
  readonly leave: Given<[kind: string], string>
  readonly suffer: Given<[kind: string]>
  readonly throwInTimer: Given<[what: string]>
  readonly post: Given<[what: string]>
} & Readonly<
  Record<
    | 'reallyExit'
    | 'namedExit'
    | 'exitQuietly'
    | 'exitQuietlyLater'
    | 'exitAfterAwait'
    | 'exitInTimer'
    | 'exitOnceMore'
    | 'exitWithHandler'
    | 'handled'
    | 'exitCode'
    | 'abort'
    | 'chdir'
    | 'retryInTimer'
    | 'waitsForChild'
    | 'closePort'
    | 'giveBrokenThen'
    | 'giveHostile'
    | 'throwHostile',
    Given<[]>
  >
>
