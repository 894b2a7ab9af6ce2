/** The examples of docs/guide/testing.md are true, and the files that it shows are those that are run. */
import { readFileSync } from 'node:fs'
import * as testing from 'celeriac/testing'
import { expect, it } from 'vitest'
import { pageTests } from './page.js'
import * as tasks from './testing-tasks.js'

pageTests({
  title: 'the page on testing workflows',
  file: 'guide/testing.md',
  tasksFile: 'testing-tasks.js',
  tasks,
  names: testing,
})

const page = readFileSync(new URL('../../docs/guide/testing.md', import.meta.url), 'utf8')
const shown = [...page.matchAll(/^```js file=(\S+)\n(.*?)^```$/gms)].map(([, file, text]) => [file!, text!] as const)

it.each(shown)('the page on testing workflows: shows a part of %s', (file, text) => {
  expect(readFileSync(new URL(`../recipes/${file}`, import.meta.url), 'utf8')).toContain(text)
})

it('the page on testing workflows: has no code that nobody runs', () => {
  expect(
    [...page.matchAll(/^```(.+)$/gm)].map(([, kind]) => kind).filter((kind) => !/^js( file=\S+)?$/.test(kind!)),
  ).toEqual([])
})
