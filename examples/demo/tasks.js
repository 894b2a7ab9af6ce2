// The tasks: your program imports this module to describe calls, and every worker thread imports it to run them.
// So it only declares. What starts threads lives in main.js.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { defineTasks } from 'celeriac'
import { root } from './files.js'
import { countIdentifiers, mostCommon } from './identifiers.js'
import { mergeSummaries } from './report.js'

/** @typedef {import('./report.js').FileSummary} FileSummary */
/** @typedef {import('./report.js').Report} Report */

const SOURCE = /\.[cm]?[jt]sx?$/

// What a task gives is cloned on its way to the main thread. So each file gives its most common identifiers, not all of them.
const IDENTIFIERS_PER_FILE = 50

export const { analyze, merge } = defineTasks(import.meta.url, {
  /**
   * Everything we want to know about one file. The name of this function, in this module, is the task's name.
   *
   * @param {string} path
   * @returns {FileSummary}
   */
  analyze(path) {
    const content = readFileSync(join(root, path))
    return {
      path,
      bytes: content.length,
      gzipped: gzipSync(content, { level: 9 }).length,
      sha256: createHash('sha256').update(content).digest('hex'),
      lines: isText(content) ? content.toString().split('\n').length : 0,
      identifiers: SOURCE.test(path) ? commonIdentifiers(content.toString()) : new Map(),
    }
  },

  /**
   * One report out of all summaries: the body of the chord. It gets what `chunks` gives, a list for each slice of files.
   *
   * @param {readonly (readonly FileSummary[])[]} slices
   * @returns {Report}
   */
  merge: (slices) => mergeSummaries(slices.flat()),
})

/** @param {string} source */
const commonIdentifiers = (source) => new Map(mostCommon(countIdentifiers(source), IDENTIFIERS_PER_FILE))

/** Text has no zero bytes; binary files have some near their start. @param {Buffer} content */
const isText = (content) => !content.subarray(0, 8_192).includes(0)
