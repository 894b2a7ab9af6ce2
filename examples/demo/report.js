// Merges what is known about each file into one report. Plain functions over plain data: no thread, no task.
import { mostCommon } from './identifiers.js'

/**
 * @typedef {object} FileSummary What is known about one file.
 * @property {string} path
 * @property {number} bytes
 * @property {number} gzipped Size in bytes after gzip.
 * @property {string} sha256
 * @property {number} lines 0 for a binary file.
 * @property {Map<string, number>} identifiers How often the most common ones occur; none unless it is source code.
 */

/**
 * @typedef {object} Report What is known about all of them.
 * @property {number} files
 * @property {number} bytes
 * @property {number} gzipped
 * @property {number} lines
 * @property {number} copies Files whose content is that of another file.
 * @property {[name: string, count: number][]} identifiers The ten most common ones.
 * @property {Compression[]} mostCompressible
 * @property {Compression[]} leastCompressible
 */

/** @typedef {{ path: string, bytes: number, ratio: number }} Compression `ratio`: compressed size by size. */

// What gzip adds to a tiny file says nothing about the file.
const SMALLEST_TO_COMPARE = 4_096
const EXTREMES = 5
const IDENTIFIERS = 10

/**
 * @param {readonly FileSummary[]} summaries
 * @returns {Report}
 */
export function mergeSummaries(summaries) {
  const ratios = compressionOf(summaries)
  return {
    files: summaries.length,
    bytes: sum(summaries.map((file) => file.bytes)),
    gzipped: sum(summaries.map((file) => file.gzipped)),
    lines: sum(summaries.map((file) => file.lines)),
    copies: summaries.length - new Set(summaries.map((file) => file.sha256)).size,
    identifiers: mostCommon(addUp(summaries), IDENTIFIERS),
    mostCompressible: ratios.slice(0, EXTREMES),
    leastCompressible: ratios.slice(-EXTREMES).reverse(),
  }
}

/** From the most to the least compressible. @param {readonly FileSummary[]} summaries */
function compressionOf(summaries) {
  const files = summaries.filter((file) => file.bytes >= SMALLEST_TO_COMPARE)
  const ratios = files.map(({ path, bytes, gzipped }) => ({ path, bytes, ratio: gzipped / bytes }))
  return ratios.sort((a, b) => a.ratio - b.ratio || (a.path < b.path ? -1 : 1))
}

/** @param {readonly FileSummary[]} summaries */
function addUp(summaries) {
  const counts = new Map()
  for (const { identifiers } of summaries) {
    for (const [name, count] of identifiers) counts.set(name, (counts.get(name) ?? 0) + count)
  }
  return counts
}

/** @param {readonly number[]} numbers */
const sum = (numbers) => numbers.reduce((a, b) => a + b, 0)
