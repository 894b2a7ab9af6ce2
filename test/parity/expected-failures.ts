/** The cases that celeriac cannot do yet, by name, each with what it still lacks. A case that starts to pass has to leave the list. */

/** What is not built yet, and the cases that need it. */
const CASES_BY_LACK: Readonly<Record<string, readonly string[]>> = {
  'add_to_chord inside a task': ['add-to-chord', 'add-to-chord-none', 'law-add-to-chord-order'],
  'apply inside a task': ['spawn-child', 'spawn-chain-child', 'law-spawn-effect'],
  'custom states': ['state-progress'],
  expiry: ['sig-expired', 'law-expired-chain-errback'],
  handlers: ['handlers-ok', 'handlers-retry'],
  ignore: ['law-ignore-group', 'law-ignore-chain-errback'],
  'ignored results': ['sig-ignore-result-opt', 'sig-ignore-result-chain', 'law-ignore-result-link'],
  replace: [
    'replace-group-one',
    'replace-in-chain-first',
    'replace-in-chain-mid',
    'replace-in-chain-last',
    'replace-chord-in-chain',
    'replace-in-group',
    'replace-chain-in-chord-header',
    'replace-group-in-chord-header',
    'replace-with-link',
    'replace-fail-errback',
    'replace-chain-with-link',
    'bug-replace-partial-chain',
    'law-replace-links',
    'law-replace-group-in-group',
  ],
  retry: [
    'chain-retry-mid',
    'group-retry',
    'retry-exhausted',
    'retry-exc-exhausted',
    'retry-keeps-link',
    'retry-auto-fail',
    'law-starmap-retry',
  ],
  'time limits': ['limit-hard'],
}

/** Each case that is expected to fail, with what celeriac lacks for it. */
export const expectedFailures: readonly (readonly [name: string, lack: string])[] = Object.entries(
  CASES_BY_LACK,
).flatMap(([lack, names]) => names.map((name) => [name, lack] as const))
