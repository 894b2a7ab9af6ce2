/** The life of a node: every legal move, and where our words meet Celery's. Nothing else decides what may follow what. */
import { InvalidTransitionError } from '../errors.js'

/** Every legal move. Any other move is our bug and throws {@link InvalidTransitionError}. */
export const MOVES = {
  waiting: ['ready', 'succeeded', 'failed', 'revoked'], // a join succeeds without running; what a failed step would have fed fails with it
  ready: ['running', 'failed', 'revoked'], // failed: its thread cannot start
  running: ['succeeded', 'failed', 'revoked'],
  succeeded: [],
  failed: [],
  revoked: [],
} as const satisfies Record<string, readonly string[]>

export type Status = keyof typeof MOVES
export type FinalStatus = 'succeeded' | 'failed' | 'revoked'

/** Statuses by the number under which a node's column holds them. */
export const STATUSES = Object.keys(MOVES) as readonly Status[]

/** Where our vocabulary meets Celery's, and nowhere else. */
export const CELERY_STATE = {
  waiting: 'PENDING',
  ready: 'RECEIVED',
  running: 'STARTED',
  succeeded: 'SUCCESS',
  failed: 'FAILURE',
  revoked: 'REVOKED',
} as const satisfies Record<Status, string>

const allowed: readonly ReadonlySet<number>[] = STATUSES.map(
  (status) => new Set(MOVES[status].map((next) => STATUSES.indexOf(next))),
)
const final: readonly boolean[] = STATUSES.map((status) => MOVES[status].length === 0)

export const codeOf = (status: Status): number => STATUSES.indexOf(status)
export const isFinalCode = (code: number): boolean => final[code] === true

/** @throws {@link InvalidTransitionError} if the table does not have the move. */
export function checkMove(from: number, to: number, what: () => string): void {
  if (allowed[from]?.has(to) === true) return
  const move = `${STATUSES[from]} to ${STATUSES[to]}`
  throw new InvalidTransitionError(`${what()} cannot go from ${move}: please report this as a bug of celeriac`, [move])
}
