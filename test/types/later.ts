/**
 * What the contract has and celeriac has not yet, by feature. A feature that arrives takes its entry away: the tests fail for a piece
 * that the program no longer has or no longer needs to be spared, and for a message that has become right.
 */

export interface Later {
  /** Texts that occur once in `use.ts`, and what stands in their place until then, so that what is around them is still checked. */
  readonly pieces: readonly (readonly [text: string, instead: string])[]
  /** Wrong programs, by title, whose message is not yet the contract's: it would name what is missing. */
  readonly messages?: readonly string[]
}

export const LATER: Readonly<Record<string, Later>> = {
  'celeriac/visualize': { pieces: [], messages: ['not drawable'] },
}
