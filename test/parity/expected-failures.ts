/** The cases that celeriac cannot do yet, by name, each with what it still needs. A case that starts to pass has to leave the list. */

/** What is not built yet, and the cases that need it. */
const CASES_BY_REASON: Readonly<Record<string, readonly string[]>> = {}

export const expectedFailures: ReadonlyMap<string, string> = new Map(
  Object.entries(CASES_BY_REASON).flatMap(([reason, names]) => names.map((name) => [name, reason] as const)),
)

export const reasonFor = (name: string): string | undefined => expectedFailures.get(name)
