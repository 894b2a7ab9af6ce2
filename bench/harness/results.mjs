/** Keeps the answers (results.json), and writes what is made of them: RESULTS.md, the chart, and the figures in docs/performance.md. */
import { readFileSync, writeFileSync } from 'node:fs'
import { arch, cpus, platform } from 'node:os'
import { chartOf } from './chart.mjs'
import { measuredTable, resultsPage } from './report.mjs'

const file = (path) => new URL(`../${path}`, import.meta.url)
const MARKED = /(<!-- measured -->\n)[\s\S]*?(<!-- \/measured -->)/

export function readAnswers() {
  try {
    return JSON.parse(readFileSync(file('results.json'), 'utf8'), infinities).answers
  } catch (error) {
    if (error.code === 'ENOENT') return []
    throw error
  }
}

/** JSON has no infinity and writes `null`; there is no other `null` in an answer. */
const infinities = (_key, value) => (value === null ? Number.POSITIVE_INFINITY : value)

export function writeAnswers(answers) {
  writeFileSync(file('results.json'), `${JSON.stringify({ answers }, undefined, 2)}\n`)
  writeFileSync(file('RESULTS.md'), resultsPage(answers, { system: systemWords(), versions: versionWords() }))
  const chart = chartOf(answers)
  if (chart !== undefined) writeFileSync(file('results.svg'), chart)
  const guide = file('../docs/performance.md')
  const text = readFileSync(guide, 'utf8')
  writeFileSync(
    guide,
    text.replace(MARKED, (_, open, close) => `${open}${measuredTable(answers)}\n${close}`),
  )
}

/** What kind of machine, not which. */
const systemWords = () => `Measured on ${platform()} ${arch()}, ${cpus().length} CPUs, Node ${process.version}`

function versionWords() {
  const versionOf = (name) => JSON.parse(readFileSync(file(`../node_modules/${name}/package.json`), 'utf8')).version
  return ['piscina', 'tinypool', 'workerpool', 'poolifier'].map((name) => `${name} ${versionOf(name)}`).join(', ')
}
