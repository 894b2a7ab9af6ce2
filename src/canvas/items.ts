/** Checks the items of map, starmap, chunks and each, and copies them. */
import { InvalidCanvasError } from '../errors.js'
import { show } from '../option-rules.js'

/** The items of a starmap or of chunks, each a list of arguments. @throws {@link InvalidCanvasError} if one is not. */
export function listsOfArguments(items: Iterable<unknown>): readonly (readonly unknown[])[] {
  const found = listOfItems(items)
  const wrong = found.findIndex((item) => !Array.isArray(item))
  if (wrong >= 0)
    throw new InvalidCanvasError(
      `each item must be a list of arguments, and this is ${show(found[wrong])}`,
      `items[${wrong}]`,
    )
  return found as readonly (readonly unknown[])[]
}

/** The items of a map. @throws {@link InvalidCanvasError} if they cannot be iterated. */
export function listOfItems(items: Iterable<unknown>): readonly unknown[] {
  if (items === null || items === undefined || typeof items[Symbol.iterator] !== 'function')
    throw new InvalidCanvasError(`a list or another iterable is needed here, and this is ${show(items)}`, 'items')
  return [...items]
}
