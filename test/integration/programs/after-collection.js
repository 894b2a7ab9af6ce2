/**
 * Calls one by one until their code is compiled, and then a major collection with no call in progress. Run with --trace-deopt: V8 tells what code it
 * throws away. `compareOwn` shows that it does so when the last object of a class is gone.
 */
import { createRuntime } from 'celeriac'
import { add } from './counted.js'

const CALLS = 20_000

class Own {
  constructor(field) {
    this.field = field
  }
}

const compareOwn = (one, other) => one.field - other.field

function sortOwn() {
  Array.from({ length: 8 }, (_, i) => new Own(8 - i)).sort(compareOwn)
}

const runtime = createRuntime({ threads: 1 })
for (let i = 0; i < CALLS; i++) {
  await runtime.run(add.s(i, 1))
  sortOwn()
}
console.log('collecting')
// V8 keeps what objects looked like for some collections.
for (let i = 0; i < 4; i++) globalThis.gc()
console.log('collected')
await runtime.close()
