/** What is run when celeriac is installed: nothing, by it or by what it depends on. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

interface Locked {
  readonly dev?: boolean
  readonly hasInstallScript?: boolean
}
const read = <T>(name: string): T => JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')) as T

it('has no script that npm runs where it is installed', () => {
  const { scripts } = read<{ scripts: object }>('package.json')
  expect(Object.keys(scripts).filter((name) => /^(pre|post)?install$|^(pre|post)?prepare$/.test(name))).toEqual([])
})

it('depends on no package that runs one', () => {
  const { packages } = read<{ packages: Record<string, Locked> }>('package-lock.json')
  expect(Object.keys(packages).length).toBeGreaterThan(10)
  const needed = Object.entries(packages).filter(([name, { dev }]) => name !== '' && dev !== true)
  expect(needed.length).toBeGreaterThan(3)
  const running = needed.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([name]) => name)
  expect(running).toEqual([])
})
