/** Runs every example of docs/celery-differences.md on the inline executor and compares each line that says what it gives. */
import { readFileSync } from 'node:fs'
import * as celeriac from 'celeriac'
import { describe, expect, it } from 'vitest'
import * as tasks from './differences-tasks.js'

const page = readFileSync(new URL('../../docs/celery-differences.md', import.meta.url), 'utf8')
const taskFile = readFileSync(new URL('differences-tasks.js', import.meta.url), 'utf8')

const blocksOf = (markdown: string): string[] =>
  [...markdown.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code!)
const [introduction, ...sections] = page.split(/^### /m)
const [taskBlock, preamble] = blocksOf(introduction!)

/** What a line of an example says about itself. */
const CLAIM = /^(?<code>.*?) \/\/ (?<claim>→|throws) (?<expected>.*)$/

/** An example as a function body in which each claim is checked. */
const checked = (example: string): string =>
  example
    .split('\n')
    .map((line) => {
      const { code, claim, expected } = CLAIM.exec(line)?.groups ?? {}
      if (code === undefined) return line
      const actual = `async () => (${code})`
      const quoted = JSON.stringify(expected)
      return claim === '→' ? `await gives(${actual}, ${expected}, ${quoted})` : `await fails(${actual}, ${quoted})`
    })
    .join('\n')

const gives = async (actual: () => Promise<unknown>, expected: unknown, sentence: string): Promise<void> => {
  expect(await actual(), sentence).toEqual(expected)
}
const fails = async (actual: () => Promise<unknown>, expected: string): Promise<void> => {
  const outcome = await actual().then(
    (value) => `nothing, and gives ${value}`,
    (error: Error) => `${error.name}: ${error.message}`,
  )
  const [start, end] = expected.split('…')
  if (end === undefined || !outcome.startsWith(start!) || !outcome.endsWith(end)) expect(outcome).toBe(expected)
}

async function run(example: string): Promise<void> {
  const scope: Record<string, unknown> = { ...celeriac, ...tasks, gives, fails }
  const AsyncFunction = (async () => {}).constructor as new (
    ...text: string[]
  ) => (...values: unknown[]) => Promise<void>
  const body = `${preamble}\ntry {\n${checked(example)}\n} finally {\nawait runtime.close()\n}`
  await new AsyncFunction(...Object.keys(scope), body)(...Object.values(scope))
}

describe('the page on differences from Celery', () => {
  it('shows the tasks that its examples run', () => {
    expect(taskFile).toContain(taskBlock!.replace('// tasks.js\n', ''))
  })

  for (const section of sections) {
    const [title] = section.split('\n')
    const examples = blocksOf(section)

    it(`${title}: has an example, or says why not`, () => {
      expect(examples.length > 0 || /Not built yet|No example/.test(section)).toBe(true)
    })

    it.each(examples.map((example, i) => [i + 1, example] as const))(
      `${title}: example %i is true`,
      async (_number, example) => {
        expect(
          example.split('\n').some((line) => CLAIM.test(line)),
          'it claims something',
        ).toBe(true)
        await run(example)
      },
    )
  }
})
