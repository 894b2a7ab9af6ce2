import { Tinypool } from 'tinypool'
import { NotOffered } from './not-offered.mjs'
import { openOfPiscinaKind } from './piscina-kind.mjs'

export const open = openOfPiscinaKind(Tinypool, (pool, { onWorker, onError }) => {
  if (onWorker !== undefined) throw new NotOffered('no event when a thread starts')
  if (onError !== undefined) pool.on('error', onError)
})
