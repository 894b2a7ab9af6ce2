/**
 * Tries every deed that it is given on a hardened thread, in a working directory that is no task's business, and prints what came of each;
 * then does some of them itself.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRuntime, group } from 'celeriac'
import { attempt } from './hardened-tasks.js'

const [place, ...deeds] = process.argv.slice(2)
const runtime = createRuntime({ threads: 1, hardened: true })
const ends = await runtime.run(group(deeds.map((deed) => attempt.s(deed, place))))
writeFileSync(`${place}/by-main.txt`, readFileSync(`${place}/secret.txt`))
execFileSync(process.execPath, ['--version'])
await runtime.close()
console.log(JSON.stringify(Object.fromEntries(deeds.map((deed, i) => [deed, ends[i]]))))
