import { Piscina } from 'piscina'
import { openOfPiscinaKind } from './piscina-kind.mjs'

export const open = openOfPiscinaKind(Piscina, (pool, { onWorker, onError }) => {
  if (onWorker !== undefined) pool.on('workerCreate', onWorker)
  if (onError !== undefined) pool.on('error', onError)
})
