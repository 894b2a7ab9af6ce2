/** What the pool runs that `stream.mjs` compares with. */
export default (x) => x + 1
