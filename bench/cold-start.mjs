/** A program that starts, makes one call and ends: how long until it has its value. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { question } from './harness/question.mjs'

const PROGRAM = fileURLToPath(new URL('./workers/first-call.mjs', import.meta.url))
const CONTENDERS = ['celeriac', 'piscina', 'tinypool', 'workerpool', 'poolifier', 'no pool']

await question('cold-start', 'How long does a fresh process take to its first value?', async (ask) => {
  const contenders = CONTENDERS.map((name) => [name, async () => execFileSync(process.execPath, [PROGRAM, name])])
  await ask.compare('start, one call, end', { tasks: 1, rounds: 10, hasCpu: false }, Object.fromEntries(contenders))
  ask.note('the process itself is in it, on all sides.')
})
