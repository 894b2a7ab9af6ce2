/** Whether a failed run is tried again, and when: decided from a policy and the error alone, on whichever side the error is. */
import { isOneOf, type RetryPolicy } from '../canvas/policy.js'

const DEFAULT_MAX_RETRIES = 3
const DEFAULT_RETRY_DELAY_MS = 1_000
const DEFAULT_BACKOFF_MAX_MS = 600_000

/** Whether a run that threw `error` is retried by itself, if a retry is left. */
export function retriesFor(policy: RetryPolicy, error: unknown): boolean {
  if (policy.retryFor === undefined || !isOneOf(error, policy.retryFor)) return false
  return policy.dontRetryFor === undefined || !isOneOf(error, policy.dontRetryFor)
}

/** Whether another run may follow `retries` earlier ones. */
export const hasRetryLeft = (policy: RetryPolicy, retries: number): boolean =>
  retries < (policy.maxRetries ?? DEFAULT_MAX_RETRIES)

/**
 * How long to wait before the next run, in ms: `retryDelay × factor ** retries`, at most `retryBackoffMax`, and with jitter a random part
 * of that ("full jitter").
 *
 * @param random - Between 0 and 1.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function retryDelayOf(policy: RetryPolicy, retries: number, random: number): number {
  const { retryDelay = DEFAULT_RETRY_DELAY_MS, retryBackoff = false, retryJitter = true } = policy
  if (retryBackoff === false || retryDelay === 0) return retryDelay
  const factor = retryBackoff === true ? 2 : retryBackoff
  const longest = Math.min(retryDelay * factor ** retries, policy.retryBackoffMax ?? DEFAULT_BACKOFF_MAX_MS)
  return retryJitter ? longest * random : longest
}
