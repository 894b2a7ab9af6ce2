/** Provocations that many faults share. */
import { setTimeout as wait } from 'node:timers/promises'
import { reasonOf } from '../phrases.mjs'

/** What must be seen of a call that has to fail: an error, or (of one that throws no error) what it threw. */
export const FAILS = /^fails with /
export const ENDS_BADLY = /^(fails|rejects) with /
export const SETTLES = /^(finishes|succeeds|fails|rejects|all )/

/** One thread, two calls side by side where there is such a thing: the fault, its neighbour, and the call after it. */
export const besideNeighbour =
  (fault, args = [], { options = {}, call = {}, pause = 0 } = {}) =>
  async (lab) => {
    const pool = await lab.openWarm({ threads: 1, perThread: 2, ...options })
    lab.watch('neighbour', pool.run('later', [150]))
    await lab.watch('call', pool.run(fault, args, call))
    if (pause > 0) await wait(pause)
    await lab.watch('next', pool.run('answer'))
  }
export const UNHARMED = { neighbour: 'finishes', next: 'finishes' }

/** Two threads with one call each: the fault, one that runs elsewhere, and five that wait. */
export const amongOthers =
  (fault, args = [], { options = {}, call = {} } = {}) =>
  async (lab) => {
    const pool = await lab.openWarm({ threads: 2, ...options })
    const elsewhere = lab.watch('elsewhere', pool.run('later', [150]))
    const others = [pool.run(fault, args, call), ...Array.from({ length: 5 }, () => pool.run('answer'))]
    const failed = lab.watch('call', others[0])
    await Promise.all([elsewhere, failed, lab.watchAll('waiting', others.slice(1))])
    await lab.watch('next', pool.run('answer'))
  }
export const OTHERS_UNHARMED = { elsewhere: 'finishes', waiting: 'all finishes', next: 'finishes' }

/** Each fault beside a neighbour, on a pool that nothing has harmed yet. What becomes of the neighbour and of the next call is told if it is harm. */
export const eachAlone =
  (faults, { options = {}, call = {}, pause = 0 } = {}) =>
  async (lab) => {
    let pool
    for (const [name, [fault, ...args]] of Object.entries(faults)) {
      lab.say(name, 'hangs')
      pool ??= lab.open({ threads: 1, perThread: 2, ...options })
      const neighbour = lab.outcome(pool.run('later', [80]))
      const told = await lab.outcome(pool.run(fault, args, call))
      if (pause > 0) await wait(pause)
      const [beside, next] = [await neighbour, await lab.outcome(pool.run('answer'))]
      lab.say(name, [told, harm('neighbour', beside), harm('next', next)].filter(Boolean).join('; '))
      if (beside !== 'finishes' || next !== 'finishes') pool = undefined // what is harmed has no say in the next one
    }
  }
const harm = (who, told) => (told === 'finishes' ? undefined : `${who} ${told}`)

/** What must be seen of each of these faults. */
export const eachMust = (faults, phrase) => Object.fromEntries(Object.keys(faults).map((name) => [name, phrase]))

/** An option of Piscina's kind that others do not have: there it does harm, here it is refused. */
export const refusedOption = async (lab, option, value) => {
  const { createRuntime } = await import('celeriac')
  try {
    createRuntime({ [option]: value })
    lab.say('call', 'takes it')
  } catch (error) {
    lab.say('call', reasonOf(error))
  }
}

/** A value nested so many levels deep. */
export const nested = (levels) => Array.from({ length: levels }).reduce((inner) => [inner], 42)
