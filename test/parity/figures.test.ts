/** The page on differences from Celery holds the figures that the corpus gives. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const script = fileURLToPath(new URL('../../scripts/corpus-figures.mjs', import.meta.url))

it('finds the figures of the corpus up to date in the page on differences from Celery', async () => {
  await expect(promisify(execFile)(process.execPath, [script, '--check'])).resolves.toMatchObject({ stderr: '' })
})
