/**
 * Numbers as ids write them: to base 36. Of neighbours only the end differs, so most of a number's text is that of the one before it.
 *
 * `npm run bench -- dispatch` justifies it: listeners hear of each call four times, and a number's own text to a base takes 100 ns.
 */

const BASE = 36
const SPAN = BASE * BASE
const SHORT = Array.from({ length: SPAN }, (_, i) => i.toString(BASE))
const PADDED = SHORT.map((text) => text.padStart(2, '0'))

let head = 0
let headText = ''

/** The same as `number.toString(36)`, of a whole number from 0. */
export function idText(number: number): string {
  if (number < SPAN) return SHORT[number] as string
  const own = Math.floor(number / SPAN)
  if (own !== head) {
    headText = own.toString(BASE)
    head = own
  }
  return headText + (PADDED[number - own * SPAN] as string)
}
