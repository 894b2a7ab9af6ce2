// What a group holds of members that it has pulled and that have ended, in MB: they would take 10 times as much if it held them all.
import v8 from 'node:v8'
import vm from 'node:vm'
import { createRuntime, group } from 'celeriac'
import { sizeOf } from './counted.js'

v8.setFlagsFromString('--expose-gc')
const gc = vm.runInNewContext('gc')
const MEMBERS = 20_000
const NUMBERS = 500

const heapMb = () => {
  gc()
  return process.memoryUsage().heapUsed / 2 ** 20
}

const runtime = createRuntime({ threads: 2, executor: process.argv[2] })
let most = 0
let before = 0
function* members() {
  for (let i = 0; i < MEMBERS; i++) {
    if (i === 0) before = heapMb()
    else if (i % 5_000 === 0) most = Math.max(most, heapMb() - before)
    yield sizeOf.s(Array.from({ length: NUMBERS }, (_, n) => n + 0.5))
  }
}
const values = await runtime.run(group(members()))
await runtime.close()
console.log(values.length, Math.round(most))
