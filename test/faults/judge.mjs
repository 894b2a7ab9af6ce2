/** Whether what was seen of a contender is what the row asks for. */

/** The names under which something else was seen; none if the row holds. */
export function faultsIn({ needs = {}, ours = {} }, contender, seen) {
  const wanted = { process: undefined, threads: 'as before', ...needs, ...(contender === 'celeriac' ? ours : {}) }
  return Object.entries(wanted)
    .filter(([name, want]) =>
      !(name in needs) && !(name in ours) && seen[name] === undefined ? false : !fits(want, seen[name]),
    )
    .map(([name]) => name)
}

function fits(want, phrase) {
  if (want === undefined || typeof want === 'string') return want === phrase
  if (phrase === undefined) return false
  return want instanceof RegExp ? want.test(phrase) : want(phrase)
}
