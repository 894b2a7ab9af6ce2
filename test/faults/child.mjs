/** The process of one provocation: `node child.mjs B1 celeriac`. What it sees goes to file descriptor 3, one JSON line each. */
import { writeSync } from 'node:fs'
import { NotOffered } from './contenders/not-offered.mjs'
import { Lab } from './lab.mjs'
import { table } from './table.mjs'

/** How long a process may live after its pools were destroyed, in ms. */
const LINGER_MS = 10_000

const [, , id, contender] = process.argv
const tell = (name, phrase) => writeSync(3, `${JSON.stringify([name, phrase])}\n`)
const row = table.find((one) => one.id === id)
const { open } = await import(`./contenders/${contender}.mjs`)
const lab = new Lab(contender, open, tell)

try {
  await row.provoke(lab)
  if (!row.leavesAlone) {
    await lab.settled(row.patience)
    if (!row.threadsGo) await lab.countThreads()
  }
} catch (error) {
  if (!(error instanceof NotOffered)) throw error
  tell('n/a', error.message)
}
tell('done', 'yes')
if (!row.leavesAlone) await endAll()

async function endAll() {
  setTimeout(() => {
    tell('process', 'stays alive')
    process.reallyExit(0)
  }, LINGER_MS).unref()
  await lab.destroyAll()
}
