/** How something settled, in a few words: the cells of the table, and what a test compares. */
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'

/** Longest message that a phrase holds. */
const MAX_TEXT = 60

/** A call without a fault gives 42. */
export const phraseOf = (value) => (value === 42 ? 'finishes' : `succeeds with ${short(value)}`)

export function reasonOf(thrown) {
  if (thrown instanceof Error) return `fails with ${nameOf(thrown)}`
  return `rejects with ${short(thrown)}`
}

/** celeriac's own errors, and others that have a code, by name and code: a message may change. */
function nameOf(error) {
  const { name, code, reason, message } = error
  if (typeof code !== 'string')
    return message === '' ? `${name} without a message` : `${name}: ${clip(oneLine(message))}`
  return typeof reason === 'string' ? `${name} (${code}, ${reason})` : `${name} (${code})`
}

function short(value) {
  if (typeof value === 'string') return `'${clip(value)}'`
  return clip(oneLine(inspect(value, { depth: 1, breakLength: Infinity })))
}

/** Where this project is says nothing of a fault. */
const ROOT = new URL('../../', import.meta.url)
export const withoutPlace = (text) => text.replaceAll(ROOT.href, '').replaceAll(fileURLToPath(ROOT), '')
const oneLine = (text) => withoutPlace(text).replace(/\s+/g, ' ')
const clip = (text) => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text)
