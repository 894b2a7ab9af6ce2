/** The corpus as data: what one case holds, and all of them. Read from the copy in this folder; nothing is computed. */
import { readFileSync } from 'node:fs'

/** A record of what a task did. */
export type Effect = Readonly<Record<string, unknown>>
/** `apply_error`: it is refused before anything has started. */
export type OutcomeName = 'value' | 'error' | 'apply_error'

export interface Case {
  readonly name: string
  readonly group: string
  readonly build: string
  readonly notes?: string
  readonly canvas: SignatureDict
  readonly call?: {
    readonly args?: readonly unknown[]
    readonly kwargs?: Readonly<Record<string, unknown>>
    readonly options?: { readonly task_id?: string; readonly link?: Dicts; readonly link_error?: Dicts }
  }
  readonly expect: Expectation
  readonly celery?: string
  readonly why?: string
}

export interface Expectation {
  readonly outcome?: OutcomeName
  readonly outcome_any_of?: readonly OutcomeName[]
  readonly result?: unknown
  readonly error?: { readonly type: string; readonly message_contains: string }
  readonly effects: readonly Effect[]
}

/** Celery's signature dict; what is in it is `fromJSON`'s business. */
export interface SignatureDict {
  readonly options: { readonly task_id?: string }
}
type Dicts = SignatureDict | readonly SignatureDict[]

export const corpus: readonly Case[] = JSON.parse(readFileSync(new URL('corpus.json', import.meta.url), 'utf8'))
