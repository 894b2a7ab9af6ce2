/**
 * Where the corpus's tasks write down what they did: a file that the environment names, one JSON object a line. A file, since it is the
 * one thing that every thread reaches and that no message has to carry; a line is appended whole, whichever threads write at one time.
 */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const VARIABLE = 'CELERIAC_PARITY_EFFECTS'

/** Called by tasks. */
export function record(effect) {
  appendFileSync(process.env[VARIABLE], `${JSON.stringify(effect)}\n`)
}

/** Makes the file. To be called before threads start, which get a copy of the environment. */
export function openEffects() {
  const folder = mkdtempSync(join(tmpdir(), 'celeriac-parity-'))
  const file = join(folder, 'effects.jsonl')
  writeFileSync(file, '')
  process.env[VARIABLE] = file
  return {
    /** All effects since the last call. */
    take() {
      const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
      writeFileSync(file, '')
      return lines.map((line) => JSON.parse(line))
    },
    close() {
      rmSync(folder, { recursive: true })
    },
  }
}
