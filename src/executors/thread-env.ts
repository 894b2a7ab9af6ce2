/** What worker threads see as `process.env`. It is put together once, from what the program has at that time. */

/** Names to pass on, or the values themselves. */
export type EnvOption = readonly string[] | Readonly<Record<string, string>>

/** What a hardened thread sees of the environment if nothing is said: nothing that a secret is usually kept in. */
const HARMLESS = ['PATH', 'HOME', 'TZ', 'LANG', 'NODE_ENV']

/** The environment of the threads; nothing for a copy of all of it. */
export function threadEnv(
  option: EnvOption | undefined,
  hardened: boolean,
  own: NodeJS.ProcessEnv,
): Readonly<Record<string, string>> | undefined {
  if (option === undefined) return hardened ? picked(HARMLESS, own) : undefined
  return isNames(option) ? picked(option, own) : { ...option }
}

const isNames = (option: EnvOption): option is readonly string[] => Array.isArray(option)

/** Those of the names that are there. */
function picked(names: readonly string[], own: NodeJS.ProcessEnv): Record<string, string> {
  const found = names.flatMap((name) => (Object.hasOwn(own, name) ? [[name, own[name] as string] as const] : []))
  return Object.fromEntries(found)
}
