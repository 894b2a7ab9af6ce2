/** Canvases of many small calls, that leave in large batches: groups, tables, and chains whose steps leave together. */
import type { TaskName } from '../property/behaviour.js'
import type { Plan, Shape } from '../property/plan.js'
import type { Random } from './random.js'

const NAMES: readonly TaskName[] = ['pack', 'count', 'count', 'nothing', 'picky', 'fail']

export function widePlan(random: Random): Plan {
  const wide = (): number => 3 + random.below(30)
  const call = (): Plan =>
    plan({ kind: 'call', task: random.pick(NAMES), args: [random.below(9)], immutable: random.chance(0.2) })
  // Mostly one task: its calls differ in nothing but their arguments.
  const steps = (): readonly Plan[] => {
    const task = random.pick(['count', 'count', 'nothing', 'pack'] as const)
    return Array.from({ length: 2 + random.below(8) }, () =>
      random.chance(0.1) ? withCallback(call()) : plan({ kind: 'call', task, args: [], immutable: random.chance(0.1) }),
    )
  }
  const withCallback = ({ shape }: Plan): Plan => ({ shape, hooks: { links: [call()], errbacks: [], twice: false } })
  const chain = (): Plan => plan({ kind: 'chain', steps: steps(), piped: false })
  const group = (members: readonly Plan[]): Plan => plan({ kind: 'group', members, lazy: false })
  switch (random.below(7)) {
    case 0:
      return plan({ kind: 'each', task: random.pick(NAMES), items: Array.from({ length: wide() }, (_, i) => [i]) })
    case 1:
      return group(Array.from({ length: wide() }, call))
    case 2:
      return group(Array.from({ length: 2 + random.below(4) }, () => (random.chance(0.7) ? chain() : call())))
    case 3:
      return plan({ kind: 'chord', header: Array.from({ length: wide() }, call), body: chain() })
    default:
      return chain()
  }
}

const plan = (shape: Shape): Plan => ({ shape })
