/** Answers in words: as a table on a terminal, and as the Markdown of RESULTS.md. Measures nothing. */
import { TARGETS, verdictOn, worstFigure } from './targets.mjs'

/** Whether somebody waits for the answer as a message. */
export const inSubprocess = process.send !== undefined

/** Three digits where they say something; thousands with commas. */
export function number(value) {
  if (value === undefined) return '–'
  if (value === Number.POSITIVE_INFINITY) return '∞'
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en')
  return String(Number(value.toPrecision(Math.abs(value) < 1 ? 2 : 3)))
}

const range = ({ min, max }) => `${number(min)}–${number(max)}`
const spread = (measured) => `${number(measured.median)} (${range(measured)})`
const withUnit = (value, unit) => (value === undefined ? '–' : `${number(value)} ${unit}`.trim())

const HEAD = ['workload', 'contender', 'tasks', 'median (min–max)', 'p99, same unit', 'CPU µs per task', '× pool.run']

const cellsOf = ({ workload, contender, tasks, value, unit, p99, cpu, ratio }) => [
  workload,
  contender,
  tasks === undefined ? '' : tasks.toLocaleString('en'),
  measuredWords(value, unit),
  p99 === undefined ? '' : number(p99.median),
  cpu === undefined ? '' : number(cpu.median),
  ratio === undefined ? '' : spread(ratio),
]

/** A time in µs, or in ms if it is long; other values as they are. */
function measuredWords(value, unit) {
  if (!unit.startsWith('µs a task') || value.median < 10_000) return `${spread(value)} ${unit}`.trim()
  const [median, min, max] = [value.median, value.min, value.max].map((us) => us / 1_000)
  return `${spread({ median, min, max })} ${unit.replace('µs', 'ms')}`
}

const TARGET_HEAD = ['metric', 'measured', 'min–max', 'must', 'aim', 'reached']

/** Every target with what was measured. A figure that is the worst of several says which. */
function targetRows(answers) {
  const figures = answers.flatMap(({ figures }) => figures)
  return TARGETS.map((target) => {
    const figure = worstFigure(target, figures)
    const measured = figure === undefined ? ['not measured', ''] : [withUnit(figure.median, target.unit), range(figure)]
    const metric = figure?.of === undefined ? target.metric : `${target.metric}: ${figure.of}`
    return [
      metric,
      ...measured,
      withUnit(target.must, target.unit),
      withUnit(target.aim, target.unit),
      verdictOn(target, figure) ?? '',
    ]
  })
}

/** The answer of one bench file, for a terminal. */
export function printAnswer({ name, asks, rows, notes, seconds, quick }) {
  console.log(`\n${name}: ${asks}${quick ? ' (quick: not to be quoted)' : ''} [${seconds.toFixed(0)} s]`)
  console.log(plainTable(HEAD, rows.map(cellsOf)))
  for (const note of notes) console.log(`note: ${note}`)
}

/** What was measured beside what it should be, for a terminal. */
export function printTargets(answers) {
  const measured = targetRows(answers).filter(([, figure]) => figure !== 'not measured')
  if (measured.length > 0) console.log(`\n${plainTable(TARGET_HEAD, measured)}`)
}

export function plainTable(head, rows) {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i].length)))
  const line = (cells) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i]))
      .join('  ')
      .trimEnd()
  return [head, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('\n')
}

function markdownTable(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [head, head.map(() => '---'), ...rows].map(line).join('\n')
}

/** What was measured of each target, and nothing else: for the guide. */
export function measuredTable(answers) {
  const rows = targetRows(answers).filter(([, measured]) => measured !== 'not measured')
  return markdownTable(
    TARGET_HEAD.slice(0, 3),
    rows.map((row) => row.slice(0, 3)),
  )
}

/** RESULTS.md. */
export function resultsPage(answers, { system, versions }) {
  return `# Results

Written by \`npm run bench\`; how to read it is told in [performance.md](../docs/performance.md). ${system}.
Contenders: ${versions}.

Times are wall time per task, medians of at least five rounds with min–max, all contenders interleaved in one process, building the
canvas or the list of arguments included, with all features in. Ratios are made round by round, against \`pool.run\` of Piscina with its
default settings once per task, and tell how many times as fast. Machines like this one lose CPU to their host: ratios count, absolute times do not.

![10,000 small calls, calls per second](results.svg)

## Targets

${markdownTable(TARGET_HEAD, targetRows(answers))}

${answers.map(section).join('\n\n')}
`
}

const section = ({ name, asks, rows, notes, node, date, command }) =>
  [
    `## ${name}`,
    `${asks} (${date}, Node ${node}, \`${command}\`)`,
    markdownTable(HEAD, rows.map(cellsOf)),
    ...notes.map((note) => `Note: ${note}`),
  ].join('\n\n')
