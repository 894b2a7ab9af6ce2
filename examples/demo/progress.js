// Live progress out of the runtime's events: a line redrawn on a terminal, a line now and then elsewhere.

const OFTEN_MS = 50
const NOW_AND_THEN_MS = 1_000

/**
 * Draws how many files are done, on stderr, until all are.
 *
 * @param {import('celeriac').Runtime} runtime
 * @param {string} title
 * @param {number} total
 */
export function showProgress(runtime, title, total) {
  let done = 0
  let nextAt = 0
  runtime.on('task-succeeded', ({ taskName, value }) => {
    // One call of `analyze` is one slice of the chunks, and its value is the list of what it gave for each file.
    if (taskName !== 'analyze' || !Array.isArray(value)) return
    done += value.length
    if (Date.now() < nextAt && done < total) return
    nextAt = Date.now() + (process.stderr.isTTY ? OFTEN_MS : NOW_AND_THEN_MS)
    draw(`${title}  ${bar(done / total)}  ${done} of ${total} files`, done === total)
  })
}

/** @param {number} share */
const bar = (share) => '█'.repeat(Math.round(share * 24)).padEnd(24, '░')

/**
 * @param {string} line
 * @param {boolean} isLast
 */
function draw(line, isLast) {
  if (process.stderr.isTTY) process.stderr.write(`\r${line}${isLast ? '\n' : ''}`)
  else process.stderr.write(`${line}\n`)
}
