// Counts the identifiers of JavaScript and TypeScript source. A sketch of a tokenizer, good enough to count with.

// Comments and strings come first, so that what looks like an identifier inside of them is not one.
const TOKENS = /\/\/.*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|[A-Za-z_$][\w$]*/g

const RESERVED = new Set(
  `any as async await boolean break case catch class const continue debugger declare default delete do else enum export extends
  false finally for from function get if implements import in infer instanceof interface is keyof let namespace never new null
  number object of private protected public readonly return set static string super switch symbol this throw true try type
  typeof undefined unknown unique var void while with yield`.split(/\s+/),
)

/**
 * @param {string} source
 * @returns {Map<string, number>}
 */
export function countIdentifiers(source) {
  const counts = new Map()
  for (const [token] of source.matchAll(TOKENS)) {
    if (/^[/'"`]/.test(token) || token.length < 2 || RESERVED.has(token)) continue
    counts.set(token, (counts.get(token) ?? 0) + 1)
  }
  return counts
}

/**
 * The most common first; of equally common ones the first in the alphabet, so that the same input always gives the same list.
 *
 * @param {Map<string, number>} counts
 * @param {number} limit
 * @returns {[name: string, count: number][]}
 */
export function mostCommon(counts, limit) {
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, limit)
}
