/**
 * The bar chart for the README: small calls per second, as SVG made by hand. Its colours stand on white and on black alike, since a
 * picture in a page cannot know on which it is.
 */
import { number } from './report.mjs'

const WORKLOAD = '10,000 calls'
/** Contenders, and what the chart calls them. */
const BARS = {
  'celeriac, each': 'celeriac: task.each(items)',
  'celeriac, group': 'celeriac: group(signatures)',
  'celeriac, own promises': 'celeriac: a promise each',
  poolifier: 'poolifier',
  tinypool: 'tinypool',
  piscina: 'piscina',
  workerpool: 'workerpool',
}

const TEXT = '#757e88'
const OURS = '#2f9e6e'
const OTHERS = '#8c959f'
const WIDTH = 780
const TOP = 56
const STEP = 32
const BAR = 20
const LEFT = 250
const LONGEST = 330

/** @returns The SVG; `undefined` if `dispatch` has not been answered. */
export function chartOf(answers) {
  const dispatch = answers.find(({ name }) => name === 'dispatch')
  if (dispatch === undefined) return undefined
  const bars = Object.entries(BARS).flatMap(([contender, label]) => {
    const row = dispatch.rows.find((row) => row.workload === WORKLOAD && row.contender === contender)
    return row === undefined
      ? []
      : [{ label, isOurs: contender.startsWith('celeriac'), rate: 1e6 / row.value.median, row }]
  })
  const most = Math.max(...bars.map(({ row }) => 1e6 / row.value.min))
  const height = TOP + bars.length * STEP + 28
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title" font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="14" fill="${TEXT}">
  <title id="title">${WORKLOAD} of add(x, y): calls per second, by contender</title>
  <text x="0" y="20" font-size="17" font-weight="600">10,000 small calls: calls per second</text>
  <text x="0" y="40" font-size="12">add(x, y), Node ${dispatch.node}, ${dispatch.date}; in brackets, times as fast as piscina; the thin line is min–max</text>
${bars.map((bar, i) => barOf(bar, TOP + i * STEP, most)).join('\n')}
  <text x="0" y="${height - 8}" font-size="12">Ratios count, absolute figures do not. How it was measured: bench/RESULTS.md</text>
</svg>
`
}

function barOf({ label, isOurs, rate, row }, y, most) {
  const lengthOf = (perSecond) => Math.max(1, (perSecond / most) * LONGEST)
  const [slowest, fastest] = [1e6 / row.value.max, 1e6 / row.value.min].map(lengthOf)
  const length = lengthOf(rate)
  const middle = y + BAR / 2
  const words = `${short(rate)} (${number(row.ratio.median)}×)`
  return `  <text x="${LEFT - 10}" y="${middle + 5}" text-anchor="end"${isOurs ? ' font-weight="600"' : ''}>${label}</text>
  <rect x="${LEFT}" y="${y}" width="${length.toFixed(1)}" height="${BAR}" rx="2" fill="${isOurs ? OURS : OTHERS}"/>
  <line x1="${(LEFT + slowest).toFixed(1)}" x2="${(LEFT + fastest).toFixed(1)}" y1="${middle}" y2="${middle}" stroke="${TEXT}"/>
  <text x="${(LEFT + Math.max(length, fastest) + 8).toFixed(1)}" y="${middle + 5}">${words}</text>`
}

/** With three digits: 1.11 M, 909 k. */
function short(rate) {
  return rate >= 1e6 ? `${number(rate / 1e6)} M` : `${number(rate / 1e3)} k`
}
