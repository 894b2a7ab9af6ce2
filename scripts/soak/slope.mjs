/** A straight line through measured points, and how sure its slope is. */

/** Student's t for 95 % on both sides, by degrees of freedom from 8 on; 1.96 beyond all of them. */
const T95 = [2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086]

/**
 * @param points - At least ten, as [x, y].
 * @returns The slope by least squares, and half the width of its 95 % interval.
 */
export function slopeOf(points) {
  const count = points.length
  const mean = (at) => points.reduce((sum, point) => sum + point[at], 0) / count
  const [meanX, meanY] = [mean(0), mean(1)]
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread
  const rest = points.reduce((sum, [x, y]) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0)
  const t = T95[count - 2 - 8] ?? 1.96
  return { slope, margin: t * Math.sqrt(rest / (count - 2) / spread) }
}
