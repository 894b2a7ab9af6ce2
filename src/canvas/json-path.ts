/**
 * Where in the JSON something is: steps linked upward, so that a step costs little until something is wrong there. It
 * walks nothing.
 */

/** A part of the JSON; `undefined`, wherever a place is asked for, is the whole. */
export interface Place {
  readonly above: Place | undefined
  /** A key, or an index. */
  readonly step: string | number
}

export const under = (above: Place | undefined, step: string | number): Place => ({ above, step })

const STEPS_SHOWN = 48
const LETTERS_SHOWN = 40

/** `kwargs.tasks[2].options.link[0].task`; of a place very far down, the middle is left out. */
export function pathOf(place: Place | undefined): string {
  const steps: string[] = []
  for (let at = place; at !== undefined; at = at.above) steps.push(textOf(at.step))
  steps.reverse()
  if (steps.length > STEPS_SHOWN) steps.splice(STEPS_SHOWN / 2, steps.length - STEPS_SHOWN, '…')
  return steps.join('').replace(/^\./, '')
}

function textOf(step: string | number): string {
  const shown = typeof step === 'string' && step.length > LETTERS_SHOWN ? `${step.slice(0, LETTERS_SHOWN)}…` : step
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(String(shown)) ? `.${shown}` : `[${JSON.stringify(shown)}]`
}
