/** Runs every example of a page of documentation on the inline executor and compares each line that says what it gives. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readFileSync } from 'node:fs'
import * as celeriac from 'celeriac'
import { describe, expect, it } from 'vitest'

/** A page, and what its examples need. */
export interface Page {
  /** How the tests call it. */
  readonly title: string
  /** The file below `docs`. */
  readonly file: string
  /** The task module that the page shows, as text and as what it exports. */
  readonly tasksFile: string
  readonly tasks: object
  /** What its examples know besides, of another entry. */
  readonly names?: object
}

const blocksOf = (markdown: string): string[] =>
  [...markdown.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code!)

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

/** Runs an example behind what all of them begin with. */
async function run(example: string, preamble: string, known: object): Promise<void> {
  const scope: Record<string, unknown> = { ...celeriac, subscribe, unsubscribe, ...known, gives, fails }
  const AsyncFunction = (async () => {}).constructor as new (
    ...text: string[]
  ) => (...values: unknown[]) => Promise<void>
  const body = `${preamble}\ntry {\n${checked(example)}\n} finally {\nawait runtime.close({ drain: false })\n}`
  await new AsyncFunction(...Object.keys(scope), body)(...Object.values(scope))
}

/** The tests of a page: an introduction with the tasks and the beginning of every example, then sections. */
export function pageTests({ title, file, tasksFile, tasks, names }: Page): void {
  const page = readFileSync(new URL(`../../docs/${file}`, import.meta.url), 'utf8')
  const taskText = readFileSync(new URL(tasksFile, import.meta.url), 'utf8')
  const [introduction, ...sections] = page.split(/^### /m)
  const [taskBlock, preamble] = blocksOf(introduction!)

  describe(title, () => {
    it('shows the tasks that its examples run', () => {
      expect(taskText).toContain(taskBlock!.replace('// tasks.js\n', ''))
    })

    for (const section of sections) {
      const [heading] = section.split('\n')
      const examples = blocksOf(section)

      it(`${heading}: has an example, or says why not`, () => {
        expect(examples.length > 0 || /Not built yet|No example/.test(section)).toBe(true)
      })

      it.each(examples.map((example, i) => [i + 1, example] as const))(
        `${heading}: example %i is true`,
        async (_number, example) => {
          expect(
            example.split('\n').some((line) => CLAIM.test(line)),
            'it claims something',
          ).toBe(true)
          await run(example, preamble!, { ...names, ...tasks })
        },
      )
    }
  })
}
