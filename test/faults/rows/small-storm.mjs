/** A storm on any pool: sixty calls, a third of them harmful in twelve ways, in an order by seed. */
const KINDS = [
  ['exit', 1],
  ['exitLater', 20, 1],
  ['die'],
  ['dieLater', 20],
  ['throwNull'],
  ['throwSymbol'],
  ['throwError'],
  ['giveFunction'],
  ['giveThrowingGetter'],
  ['lateError', 5],
  ['loop'],
  ['never'],
]
const CALLS = 60
const LIMIT_MS = 200

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function randomOf(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Without the breaker of celeriac, which would give up on threads that die one after the other. */
export async function smallStorm(lab) {
  const pool = lab.open({ threads: 2, least: 0, celeriac: { maxLosses: Number.POSITIVE_INFINITY } })
  const random = randomOf(1)
  const calls = Array.from({ length: CALLS }, () =>
    random() < 1 / 3 ? KINDS[Math.floor(random() * KINDS.length)] : ['answer'],
  )
  const settled = new Array(CALLS).fill(undefined)
  lab.say('calls', `0 of ${CALLS} settle`)
  const all = calls.map(async ([name, ...args], i) => {
    const limit = name === 'loop' || name === 'never' ? { limit: LIMIT_MS } : {}
    settled[i] = await pool.run(name, args, limit).then(
      (value) => value === 42,
      () => false,
    )
  })
  await lab.outcome(Promise.all(all), 20_000)
  lab.say('calls', `${settled.filter((one) => one !== undefined).length} of ${CALLS} settle`)
  const harmless = settled.filter((_, i) => calls[i][0] === 'answer')
  const good = harmless.filter((one) => one === true).length
  lab.say('harmless', good === harmless.length ? 'all finish' : `${good} of ${harmless.length} finish`)
}
