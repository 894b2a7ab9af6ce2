/** A bare thread that runs its whole share of the work for one message: the ceiling that every pool is held against. */
import { parentPort } from 'node:worker_threads'
import { functions } from './functions.js'

parentPort.on('message', ({ task, table }) => {
  parentPort.postMessage(table.map((args) => functions[task](...args)))
})
