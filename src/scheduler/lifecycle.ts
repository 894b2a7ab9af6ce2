/** The life of a node: every legal move, and where our words meet Celery's. Nothing else decides what may follow what. */
import { InvalidTransitionError } from '../errors.js'

/** Every legal move. Any other move is our bug and throws {@link InvalidTransitionError}. */
export const MOVES = {
  waiting: ['scheduled', 'ready', 'succeeded', 'failed', 'revoked', 'ignored', 'rejected'], // a join succeeds without running
  scheduled: ['ready', 'revoked'], // countdown, eta
  ready: ['running', 'failed', 'revoked'],
  running: ['succeeded', 'failed', 'retrying', 'ready', 'revoked', 'ignored', 'rejected'], // ready: requeued
  retrying: ['ready', 'revoked'], // waits for its next run
  succeeded: [],
  failed: [],
  revoked: [],
  ignored: [],
  rejected: [],
} as const satisfies Record<string, readonly string[]>

export type Status = keyof typeof MOVES
export type FinalStatus = 'succeeded' | 'failed' | 'revoked' | 'ignored' | 'rejected'

/** Statuses by the number under which a node's column holds them. */
export const STATUSES = Object.keys(MOVES) as readonly Status[]

/** Where our vocabulary meets Celery's, and nowhere else. */
export const CELERY_STATE = {
  waiting: 'PENDING',
  scheduled: 'RECEIVED',
  ready: 'RECEIVED',
  running: 'STARTED',
  retrying: 'RETRY',
  succeeded: 'SUCCESS',
  failed: 'FAILURE',
  revoked: 'REVOKED',
  ignored: 'IGNORED',
  rejected: 'REJECTED',
} as const satisfies Record<Status, string>

const codes = Object.fromEntries(STATUSES.map((status, code) => [status, code])) as Readonly<Record<Status, number>>
/** A bit for each status that a status may go to. */
const allowed: readonly number[] = STATUSES.map((status) =>
  MOVES[status].reduce((bits, next) => bits | (1 << codes[next]), 0),
)
const final: readonly boolean[] = STATUSES.map((status) => MOVES[status].length === 0)

export const codeOf = (status: Status): number => codes[status]
export const isFinalCode = (code: number): boolean => final[code] === true

/** @throws {@link InvalidTransitionError} if the table does not have the move. */
export function checkMove(from: number, to: number, node: number, workflow: number): void {
  if (((allowed[from] as number) & (1 << to)) !== 0) return
  const move = `${STATUSES[from]} to ${STATUSES[to]}`
  const what = `node ${node} of workflow ${workflow} cannot go from ${move}: please report this as a bug of celeriac`
  throw new InvalidTransitionError(what, [move])
}
