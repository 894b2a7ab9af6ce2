/** Errors that speak of one item of a call, made to speak of that item of the whole stream: nobody knows how it was cut into calls. */
import { relocateFailure } from '../canvas/failure.js'
import { SerializationError } from '../errors.js'

const ITEM = /^items\[(\d+)\]/

/** @param offset - Place of the call's first item in the stream. */
export function inStream(error: unknown, offset: number): unknown {
  const shifted = (path: string): string => path.replace(ITEM, (_, index) => `items[${Number(index) + offset}]`)
  relocateFailure(error, shifted)
  if (!(error instanceof SerializationError) || !ITEM.test(error.path)) return error
  const { message, path, cause } = error
  return new SerializationError(message.slice(0, message.lastIndexOf(' (at ')), shifted(path), { cause })
}
