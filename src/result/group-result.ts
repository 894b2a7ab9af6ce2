/** Where to look for a group's handle. The types themselves stand in `async-result.ts`: each speaks of the other. */
export type { GroupResult, Settled } from './async-result.js'
