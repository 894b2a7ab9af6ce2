/** Numbers about numbers: medians, and how far the rounds lie apart. */

/** The value below which `share` (0 to 1) of the values lie. */
export function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
}

/** The middle one; of an even number, the mean of the two in the middle. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** What a report says of the rounds. */
export const summary = (values) => ({ median: median(values), min: Math.min(...values), max: Math.max(...values) })

/** Round by round, so that a slow moment of the machine counts on both sides. */
export const quotients = (dividends, divisors) => dividends.map((dividend, round) => dividend / divisors[round])
