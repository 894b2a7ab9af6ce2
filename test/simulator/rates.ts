/** Which faults there are in an episode and how often: each seed draws for itself. */
import type { Wardrobe } from './dressed.js'
import type { Random } from './random.js'

export const ACTIONS = [
  'submit',
  'settle',
  'pull',
  'tick',
  'start',
  'show',
  'park',
  'apply',
  'add',
  'revoke',
  'revokeChild',
  'lose',
  'drop',
  'dark',
  'jump',
  'repeat',
  'watch',
  'listen',
  'close',
] as const
export type Action = (typeof ACTIONS)[number]

/** How a run ends that does not end by itself. */
export const SIGNALS = ['retry', 'requeue', 'replace', 'encode', 'ignore', 'reject'] as const
export type Signal = (typeof SIGNALS)[number]

export interface Rates {
  readonly actions: Readonly<Record<Action, number>>
  /** How likely a run ends so. */
  readonly signals: Readonly<Record<Signal, number>>
  readonly options: Wardrobe
  /** How likely a batch cannot be sent, a thread dies while it starts, a canvas moves its values, and one is revoked before it starts. */
  readonly refusals: number
  readonly failedStarts: number
  readonly moves: number
  readonly stillborn: number
  /** Whether the clock may be put back. */
  readonly clockGoesBack: boolean
  /** How likely what follows at once comes later, after other things. */
  readonly lag: { readonly flush: number; readonly recall: number; readonly pull: number }
  /** Most that happens in a thread at one go, and how likely it tells of it between. */
  readonly haste: number
  readonly telling: number
  /** How long a run takes, in ms. */
  readonly msOf: (task: string, random: Random) => number
}

/** Most tasks are tiny, and some of their runs are not. */
function drawTimes(random: Random): Rates['msOf'] {
  const typical = new Map<string, number>()
  const outliers = random.pick([0, 0.02, 0.2])
  return (task, chance) => {
    const usual = typical.get(task) ?? chance.pick([0.001, 0.001, 0.001, 0.3, 20])
    typical.set(task, usual)
    return chance.chance(outliers) ? 20 : usual
  }
}

export function drawRates(random: Random): Rates {
  const now = (...choices: readonly number[]): number => random.pick(choices)
  return {
    actions: {
      submit: now(0.2, 1, 10),
      settle: 2,
      pull: 1,
      tick: now(0.3, 2),
      start: now(0, 0.5),
      show: now(0, 0, 0.3),
      park: now(0, 0, 0.5),
      apply: now(0, 0, 0.4),
      add: now(0, 0, 0.4),
      revoke: now(0, 0, 0.05, 0.5),
      revokeChild: now(0, 0, 0.2),
      lose: now(0, 0.1, 0.5, 1),
      drop: now(0, 0, 0.3),
      dark: now(0, 0, 0, 0.05),
      jump: now(0, 0, 0.05),
      repeat: now(0, 0.3, 1),
      watch: now(0, 0.5),
      listen: now(0, 0, 0.1),
      close: 0.02,
    },
    signals: {
      retry: now(0, 0.1, 0.4),
      requeue: now(0, 0, 0.2),
      replace: now(0, 0, 0.2),
      encode: now(0, 0, 0, 0.1),
      ignore: now(0, 0, 0, 0.1),
      reject: now(0, 0, 0, 0.1),
    },
    options: {
      delays: now(0, 0, 0.15),
      expiries: now(0, 0, 0, 0.1),
      retries: now(0, 0, 0.4),
      limits: now(0, 0, 0.4),
      priorities: now(0, 0, 0.4),
      names: now(0, 0.2),
      failFast: now(0, 0, 0, 0.5),
      requeues: now(0, 0, 0.4),
      lazy: now(0, 0, 0.5),
      breaks: now(0, 0.3),
    },
    refusals: now(0, 0, 0, 0.1),
    failedStarts: now(0, 0, 0.5),
    moves: now(0, 0, 0, 0.3),
    stillborn: now(0, 0, 0, 0.1),
    clockGoesBack: random.chance(0.2),
    lag: { flush: now(0, 0.5), recall: now(0, 0, 0.4), pull: now(0, 0.3, 0.9) },
    haste: now(1, 4, 20),
    telling: now(0.03, 0.3, 1),
    msOf: drawTimes(random),
  }
}
