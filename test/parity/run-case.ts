/** Runs one case of the corpus on a runtime and tells what it did. It compares nothing. */
import { type AsyncResult, type Canvas, fromJSON, type Runtime } from 'celeriac'
import type { Observed } from './compare.js'
import type { Case, SignatureDict } from './corpus.js'
import type { Effects } from './effects.js'
import { tasks } from './tasks.js'

const DEADLINE_MS = 20_000

/** Builds and applies the canvas, waits for its value and for everything that it led to. */
export async function runCase(runtime: Runtime, effects: Effects, one: Case): Promise<Observed> {
  let handle: AsyncResult<unknown>
  try {
    handle = runtime.apply(canvasOf(one.canvas), optionsOf(one.call) as never) as AsyncResult<unknown>
  } catch (error) {
    return { outcome: 'apply_error', error: error as Error, effects: effects.take(), complaints: [] }
  }
  const outcome = await outcomeOf(handle)
  const complaints = (await isIdle(runtime)) ? [...pendingIds(handle)] : ['the runtime was never idle again']
  return { ...outcome, effects: effects.take(), complaints: [...complaints, ...wrongId(one, handle)] }
}

const canvasOf = (dict: SignatureDict): Canvas => fromJSON(dict, { tasks })

function optionsOf(call: Case['call'] = {}): object {
  const { link, link_error: linkError, task_id: taskId } = call.options ?? {}
  return {
    args: call.args,
    kwargs: call.kwargs,
    taskId,
    link: link && [link].flat().map(canvasOf),
    linkError: linkError && [linkError].flat().map(canvasOf),
  }
}

async function outcomeOf(handle: AsyncResult<unknown>): Promise<Pick<Observed, 'outcome' | 'result' | 'error'>> {
  try {
    return { outcome: 'value', result: await handle.get({ timeout: DEADLINE_MS }) }
  } catch (error) {
    return { outcome: 'error', error: error as Error }
  }
}

async function isIdle(runtime: Runtime): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), DEADLINE_MS)
  })
  const idle = await Promise.race([runtime.idle().then(() => true), tooLate])
  clearTimeout(timer)
  return idle
}

/** Complaints about ids that are not final although nothing is left to do: all that the handle leads to, backwards, inwards and forwards. */
function pendingIds(handle: AsyncResult<unknown>): string[] {
  const seen = new Map([[handle.id, handle]])
  for (const one of seen.values())
    for (const next of [one.parent, ...one.children, ...(one.isGroup() ? one.results : [])])
      if (next !== undefined) seen.set(next.id, next)
  return [...seen.values()].filter((one) => !one.ready()).map((one) => `${one.id} stayed ${one.state}`)
}

function wrongId({ call, canvas }: Case, { id }: AsyncResult<unknown>): string[] {
  const wanted = call?.options?.task_id ?? canvas.options.task_id ?? id
  return id === wanted ? [] : [`expected the id ${wanted}, got ${id}`]
}
