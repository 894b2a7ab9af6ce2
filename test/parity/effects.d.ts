/** The types of effects.js. */
export interface Effects {
  take(): Record<string, unknown>[]
  close(): void
}
export function openEffects(): Effects
export function record(effect: object): void
