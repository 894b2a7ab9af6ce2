// The report for reading: as text for the terminal, and as one HTML page that needs nothing from outside.

/** @typedef {import('./report.js').Report} Report */
/** @typedef {{ threads: number, ms: number }} Run How long the work took, on how many threads. */
/** @typedef {{ label: string, value: number, text: string }} Bar */

/**
 * @param {Report} report
 * @param {readonly Run[]} runs The one to compare with comes last.
 */
export function tableOf(report, runs) {
  const rows = runs.map((run) => [
    threads(run),
    seconds(run.ms),
    whole((report.files * 1_000) / run.ms),
    ((report.bytes / run.ms) * 1e-3).toFixed(1),
    `${speedUp(run, runs).toFixed(2)}×`,
  ])
  const columns = [['', 'time', 'files/s', 'MB/s', 'speed-up'], ...rows]
  return columns.map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(12) : cell.padStart(10))).join('')).join('\n')
}

/**
 * @param {Report} report
 * @param {readonly Run[]} runs
 */
export function pageOf(report, runs) {
  const timeBars = runs.map((run) => ({
    label: threads(run),
    value: run.ms,
    text: `${seconds(run.ms)}, ${speedUp(run, runs).toFixed(2)}×`,
  }))
  const identifierBars = report.identifiers.map(([label, count]) => ({ label, value: count, text: whole(count) }))
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>celeriac: what is in node_modules</title>
<style>
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
  svg { width: 100%; height: auto; } rect { fill: #5b8c5a; } text { font: 13px system-ui, sans-serif; fill: #222; }
  td { padding: 0 1rem 0 0; overflow-wrap: anywhere; } td:not(:first-child) { text-align: right; white-space: nowrap; }
</style>
<h1>What is in node_modules</h1>
<p>${whole(report.files)} files, ${megabytes(report.bytes)}, ${megabytes(report.gzipped)} after gzip,
${whole(report.lines)} lines; ${whole(report.copies)} files are copies of another one.</p>
<h2>Time</h2>
${barChart('Time by number of threads', timeBars)}
<h2>Most common identifiers</h2>
<p>Of source code, comments and strings left out; counted over the 50 most common ones of each file.</p>
${barChart('Most common identifiers', identifierBars)}
<h2>Most compressible files</h2>
${fileTable(report.mostCompressible)}
<h2>Least compressible files</h2>
${fileTable(report.leastCompressible)}
</html>
`
}

const LABEL_WIDTH = 140
const BAR_WIDTH = 440
const TEXT_WIDTH = 110
const ROW_HEIGHT = 26

/**
 * @param {string} title
 * @param {readonly Bar[]} bars
 */
function barChart(title, bars) {
  const largest = Math.max(...bars.map((bar) => bar.value))
  const rows = bars.map(({ label, value, text }, i) => {
    const width = (value / largest) * BAR_WIDTH
    return `<g transform="translate(0 ${i * ROW_HEIGHT})">
<text x="${LABEL_WIDTH - 8}" y="17" text-anchor="end">${escapeHtml(label)}</text>
<rect x="${LABEL_WIDTH}" y="3" width="${width.toFixed(1)}" height="20" rx="2" />
<text x="${(LABEL_WIDTH + width + 8).toFixed(1)}" y="17">${escapeHtml(text)}</text></g>`
  })
  const size = `${LABEL_WIDTH + BAR_WIDTH + TEXT_WIDTH} ${bars.length * ROW_HEIGHT}`
  return `<svg role="img" aria-label="${escapeHtml(title)}" viewBox="0 0 ${size}">${rows.join('')}</svg>`
}

/** @param {readonly import('./report.js').Compression[]} files */
function fileTable(files) {
  const rows = files.map(
    ({ path, bytes, ratio }) =>
      `<tr><td>${escapeHtml(path)}</td><td>${whole(bytes)} bytes</td><td>to ${(ratio * 100).toFixed(1)} %</td></tr>`,
  )
  return `<table>${rows.join('')}</table>`
}

/** Names of files and identifiers come from outside, so nothing of them may be read as HTML. @param {string} text */
const escapeHtml = (text) => text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)

/** @param {Run} run @param {readonly Run[]} runs */
const speedUp = (run, runs) => (runs.at(-1)?.ms ?? run.ms) / run.ms
/** @param {Run} run */
const threads = (run) => `${run.threads} thread${run.threads === 1 ? '' : 's'}`
/** @param {number} ms */
const seconds = (ms) => `${(ms / 1_000).toFixed(2)} s`
/** @param {number} bytes */
const megabytes = (bytes) => `${(bytes * 1e-6).toFixed(1)} MB`
/** @param {number} value */
const whole = (value) => Math.round(value).toLocaleString('en')
