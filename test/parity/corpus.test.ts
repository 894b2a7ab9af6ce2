/** The copy of the corpus is whole, and its canvases are written as they were read. */
import { fromJSON } from 'celeriac'
import { describe, expect, it } from 'vitest'
import { corpus } from './corpus.js'
import { tasks } from './tasks.js'

const names = corpus.map(({ name }) => name)
const repeated = (list: readonly string[]): string[] => list.filter((name, i) => list.indexOf(name) !== i)

describe('the copy of the corpus', () => {
  it('holds 342 cases, each with a name of its own', () => {
    expect(names).toHaveLength(342)
    expect(repeated(names)).toEqual([])
  })

  it('says of every case how it must end', () => {
    const vague = corpus.filter(({ expect: { outcome, outcome_any_of: any, error } }) => {
      const outcomes = any ?? [outcome]
      return outcomes.some((one) => one === undefined) || (error !== undefined) === outcomes.includes('value')
    })
    expect(vague.map(({ name }) => name)).toEqual([])
  })

  it('is given nothing that the tests do not pass on', () => {
    const known = ['args', 'kwargs', 'options', 'link', 'link_error', 'task_id']
    const given = corpus.flatMap(({ call = {} }) => [...Object.keys(call), ...Object.keys(call.options ?? {})])
    expect(given.filter((key) => !known.includes(key))).toEqual([])
  })

  it('is given back by toJSON as Celery wrote it', () => {
    const otherwise: Readonly<Record<string, string>> = {
      'sig-unregistered': 'it names an unknown task, and is refused',
      'law-immutable-chain': 'the mark of an immutable chain goes to its first call',
      'law-errback-twice': 'an equal errback is kept once',
    }
    const built = corpus.filter(({ name }) => !Object.hasOwn(otherwise, name))
    expect(built.map(({ canvas }) => fromJSON(canvas, { tasks }).toJSON())).toEqual(built.map(({ canvas }) => canvas))
  })
})
