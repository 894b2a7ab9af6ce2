/**
 * Numbers drafts so that equal canvases have equal numbers, in time linear to their JSON: comparing each with each, as
 * is done for a handful of callbacks, would cost the square of their number, and the JSON is not trusted.
 */
import type { Draft, Plan } from './json-draft.js'

export class Identities {
  readonly #numbers = new Map<string, number>()
  readonly #ofDraft = new Map<Draft, number>()

  /** Numbers a draft whose parts have been numbered. */
  add(draft: Draft): void {
    const { link, linkError, rest } = draft.options ?? {}
    const links = [link, linkError].map((drafts) => drafts && this.distinct(drafts).map(this.#of))
    this.#ofDraft.set(draft, this.#numberOf(this.#described(draft.plan), [...links, rest ?? {}]))
  }

  /** The drafts without those that equal an earlier one. */
  distinct(drafts: readonly Draft[]): readonly Draft[] {
    const firsts = new Map(drafts.toReversed().map((draft) => [this.#of(draft), draft]))
    return drafts.filter((draft) => firsts.get(this.#of(draft)) === draft)
  }

  readonly #of = (draft: Draft): number => this.#ofDraft.get(draft) as number

  /** A plan with the numbers of its parts in their place. */
  #described(plan: Plan): unknown {
    switch (plan.kind) {
      case 'task':
        return plan
      case 'chain':
      case 'group':
        return [plan.kind, plan.parts.map(this.#of)]
      case 'chord':
        return [plan.kind, this.#header(plan), plan.body.map(this.#of)]
      default:
        return { ...plan, task: plan.task.map(this.#of) }
    }
  }

  /** A header list is the group that it becomes. */
  #header(plan: ChordPlan): number {
    const parts = plan.header.map(this.#of)
    return isOwnHeader(plan) ? (parts[0] as number) : this.#numberOf(['group', parts], [undefined, undefined, {}])
  }

  #numberOf(described: unknown, options: unknown): number {
    const text = JSON.stringify([described, options], canonically)
    const number = this.#numbers.get(text) ?? this.#numbers.size
    this.#numbers.set(text, number)
    return number
  }
}

type ChordPlan = Extract<Plan, { readonly kind: 'chord' }>

/** Whether what was given as the header is it; else it is a member of a group, or several are. */
export const isOwnHeader = ({ header: [first], isList }: ChordPlan): boolean =>
  !isList && ['group', 'chunks'].includes((first as Draft).plan.kind)

/** The order of keys does not count; -0, which JSON would write as 0, does. */
function canonically(_key: string, value: unknown): unknown {
  if (typeof value === 'string') return `"${value}`
  if (Object.is(value, -0)) return '-0'
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
