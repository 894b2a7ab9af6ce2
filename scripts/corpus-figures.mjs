/**
 * Writes the figures of the parity corpus into docs/celery-differences.md, between their markers.
 *
 * node scripts/corpus-figures.mjs             writes
 * node scripts/corpus-figures.mjs --check     writes nothing, and fails if the page is out of date
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

const BEGIN = '<!-- figures: written by scripts/corpus-figures.mjs -->\n'
const END = '<!-- end of figures -->'
const page = new URL('../docs/celery-differences.md', import.meta.url)
const { values: flags } = parseArgs({ options: { check: { type: 'boolean', default: false } } })

/** What Celery does with a canvas, by what the corpus notes of it. */
const KINDS = [
  ['Celery does the same', ({ celery }) => celery === undefined],
  ['Celery never answers', ({ celery }) => celery === 'hangs'],
  ['Celery answers wrongly', ({ celery }) => celery === 'wrong'],
  ['Celery follows another rule', ({ celery }) => celery?.startsWith('differs') && !isOurs(celery)],
  ['not run on Celery: a rule of this page', ({ celery }) => isOurs(celery)],
  ['all', () => true],
]
const isOurs = (celery) => celery?.includes('not run on Celery') ?? false

const corpus = JSON.parse(readFileSync(new URL('../test/parity/corpus.json', import.meta.url), 'utf8'))

const text = readFileSync(page, 'utf8')
const [before, , after] = splitAtMarkers(text)
const updated = `${before}${BEGIN}\n${figures()}\n${END}${after}`
if (!flags.check) writeFileSync(page, updated)
else if (updated !== text) {
  console.error('docs/celery-differences.md is out of date: run node scripts/corpus-figures.mjs')
  process.exitCode = 1
}

/** The page before, between and after the markers. */
function splitAtMarkers(whole) {
  const from = whole.indexOf(BEGIN)
  const to = whole.indexOf(END)
  if (from < 0 || to < from) throw new Error('docs/celery-differences.md has lost its markers')
  return [whole.slice(0, from), whole.slice(from, to), whole.slice(to + END.length)]
}

function figures() {
  const rows = KINDS.map(([kind, belongs]) => {
    const cases = corpus.filter(belongs)
    const ends = (outcome) => cases.filter(({ expect }) => outcomeOf(expect) === outcome).length
    return [kind, cases.length, ends('value'), ends('error')]
  })
  return [
    row(['', 'canvases', 'with a value', 'with an error']),
    row(['---', '---:', '---:', '---:']),
    ...rows.map(row),
    '',
  ].join('\n')
}

/** A canvas may be refused at once or fail later: an error in both cases. */
function outcomeOf({ outcome }) {
  return outcome === 'value' ? 'value' : 'error'
}

function row(cells) {
  return `| ${cells.join(' | ')} |`
}
