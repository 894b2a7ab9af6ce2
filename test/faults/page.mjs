/** The page of faults, written from what was seen: nothing stands there that was not run. */
import { faultsIn } from './judge.mjs'
import { table } from './table.mjs'

const SECTIONS = {
  A: 'Work that is lost, hangs, or ends in the wrong way',
  B: 'Crashes, and what is thrown',
  C: 'Time, aborts and shutdown',
  D: 'Size, memory and scale',
  E: 'Faults of a canvas',
  F: 'Input that is not trusted',
}
/** Longest cell. */
const MAX_CELL = 220

export function pageOf(data, contenders) {
  const majors = Object.keys(data).sort((a, b) => a - b)
  const first = majors[0]
  return `${[
    '# Faults, them and us',
    INTRO,
    summary(data, majors, contenders),
    ...Object.entries(SECTIONS).map(([letter, title]) => section(letter, title, data[first], contenders)),
    openRows(),
    leftOut(),
    ...majors.slice(1).map((major) => differences(data[major], data[first], contenders)),
    HOW,
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`
}

const INTRO = `What happens when a thread dies, a value cannot be sent, a loop never ends, or a process is told to stop. Every row is a fault that was
provoked in a process of its own, with a deadline: on celeriac, and in the same way on the pools that one might use in its place. A cell says
what was seen there; ✓ that it is what the row asks for, ✗ that it is not, and *n/a* that the pool has nothing of the kind. This page is written
by \`npm run faults\`, and \`npm run test:faults\` holds celeriac's column with every change.`

const HOW = `## How to read it, and how to run it

A call without a fault *finishes*. *Hangs* means that nothing had come after five seconds. *Neighbour* is a call that shares the thread, where a pool
has such a thing; *next* comes after the fault; *threads* is told if the process does not have as many as before two seconds later; *process* if it
does not end by itself with code 0 once the pool is destroyed.

Each pool is set up as its own documentation says, with two threads, or with one where the fault needs it; where a fault needs a pool that may be
empty, its least number of threads is 0. "Stopped" is whatever the pool offers: an \`AbortSignal\`, \`cancel()\`, or \`revoke({ terminate: true })\`. What
a row asks of all of them is in \`needs\` of [its entry](../test/faults/table.d.mts); of celeriac more is asked, in \`ours\`: error classes and codes.

\`\`\`sh
npm run faults                                  # everything, on this Node
npm run faults -- --node 24                     # on another
npm run faults -- --only celeriac --rows B1,C   # some of it
\`\`\``

function summary(data, majors, contenders) {
  const lines = majors.map((major) => {
    const run = data[major]
    const counts = contenders.map((contender) => {
      const { held, asked } = countOf(run, contender)
      if (contender === 'celeriac') return `**${held}/128**`
      return asked === 0 ? 'not run' : `${held} of ${asked}`
    })
    return `| ${run.node} | ${counts.join(' | ')} |`
  })
  const { platform, cores, versions } = data[majors[0]]
  const heads = contenders.map((contender) => `${contender} ${versions[contender]}`)
  return `| Node | ${heads.join(' | ')} |\n| --- |${' --- |'.repeat(contenders.length)}\n${lines.join('\n')}

Of celeriac's 128 rows ${table.filter(({ notApplicable }) => notApplicable).length} are not applicable, and not counted as held. Of the others the table counts the rows that a pool has an answer to.
Run on ${platform} with ${cores} cores.`
}

function countOf(run, contender) {
  const verdicts = table.map((row) => verdictOf(row, contender, run))
  const held = verdicts.filter((verdict) => verdict === '✓').length
  return { held, asked: held + verdicts.filter((verdict) => verdict === '✗').length }
}

/** ✓, ✗, or nothing where nothing was asked. */
function verdictOf(row, contender, run) {
  if (row.notApplicable !== undefined) return ''
  if (row.provoke === undefined) return contender === 'celeriac' ? (row.open === undefined ? '✓' : '✗') : ''
  const seen = run.seen[row.id]?.[contender]
  if (seen === undefined || 'n/a' in seen) return ''
  return faultsIn(row, contender, seen).length === 0 ? '✓' : '✗'
}

function section(letter, title, run, contenders) {
  const rows = table.filter(({ id }) => id[0] === letter)
  const peersToo = rows.some((row) => row.provoke !== undefined && !row.onlyOurs)
  const shown = peersToo ? contenders : ['celeriac']
  const lines = rows.map((row) => {
    const cells = shown.map((contender) => cellOf(row, contender, run))
    return `| ${row.id} | ${escaped(row.fault)} | ${cells.join(' | ')} |`
  })
  return `## ${letter}. ${title}\n\n| # | fault | ${shown.join(' | ')} |\n| --- | --- |${' --- |'.repeat(shown.length)}\n${lines.join('\n')}`
}

function cellOf(row, contender, run) {
  const verdict = verdictOf(row, contender, run)
  const seen = run.seen[row.id]?.[contender]
  if (seen === undefined) return contender === 'celeriac' ? heldByTests(row, verdict) : 'n/a'
  if ('n/a' in seen) return `n/a: ${escaped(seen['n/a'])}`
  return `${verdict} ${escaped(clip(phraseOf(seen)))}`.trim()
}

function heldByTests(row, verdict) {
  if (row.notApplicable !== undefined) return 'n/a'
  return `${verdict} ${escaped(row.must)} ([test](../${row.tests[0][0]}))`
}

/** What was seen, the same words said once: `call: fails; neighbour, next: finishes`. */
function phraseOf(seen) {
  const names = new Map()
  for (const [name, phrase] of Object.entries(seen))
    if (!(name === 'threads' && phrase === 'as before')) names.set(phrase, [...(names.get(phrase) ?? []), name])
  if (names.size === 0) return 'ends with code 0'
  return [...names].map(([phrase, of]) => `${of.join(', ')}: ${phrase}`).join('; ')
}

function openRows() {
  const open = table.filter((row) => row.open !== undefined)
  if (open.length === 0) return ''
  return `## What celeriac does not hold\n\n${open.map(({ id, fault, open: why }) => `- **${id}** (${lowerFirst(fault)}): ${why}.`).join('\n')}`
}

function leftOut() {
  const rows = table.filter((row) => row.notApplicable !== undefined)
  return `## Not applicable\n\n${rows.map(({ id, fault, notApplicable }) => `- **${id}** (${lowerFirst(fault)}): ${notApplicable}.`).join('\n')}`
}

/** Where another Node gives another verdict, or other words of celeriac's. */
function differences(run, base, contenders) {
  const lines = table.flatMap((row) =>
    contenders
      .filter((contender) => run.seen[row.id]?.[contender] !== undefined)
      .filter((contender) => verdictOf(row, contender, run) !== verdictOf(row, contender, base))
      .map((contender) => `| ${row.id} | ${contender} | ${cellOf(row, contender, run)} |`),
  )
  if (lines.length === 0) return `## On Node ${run.node}\n\nThe same verdicts.`
  return `## Other verdicts on Node ${run.node}\n\n| # | | |\n| --- | --- | --- |\n${lines.join('\n')}`
}

/** But for names, which have another capital behind. */
const lowerFirst = (text) => (/^.[A-Z]|^BullMQ/.test(text) ? text : text[0].toLowerCase() + text.slice(1))
const clip = (text) => (text.length > MAX_CELL ? `${text.slice(0, MAX_CELL)}…` : text)
/** The phrases may hold anything that was thrown. */
const escaped = (text) => text.replace(/[|<>]/g, (one) => `\\${one}`).replace(/\n/g, ' ')
