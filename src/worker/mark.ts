/** The mark that says "this is one of our workers". `isMainThread` cannot: test runners run whole programs in threads. */
const MARK = Symbol.for('celeriac.worker')
const marks = globalThis as { [MARK]?: boolean }

export function markAsWorker(): void {
  marks[MARK] = true
}

export const isOurWorker = (): boolean => marks[MARK] === true
