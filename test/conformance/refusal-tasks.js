/** Tasks that misuse their context, and tell what they were told. */
import { chain, defineTasks } from 'celeriac'

const told = (error) => ({ code: error.code, of: error.option ?? error.path, message: error.message })

export const tasks = defineTasks(import.meta.url, {
  add: (x, y) => x + y,
  async never() {
    await new Promise(() => {})
  },
  /** What the context says to a call of one of its methods; control flow goes on. */
  misuse(method, ...given) {
    try {
      this[method](...given)
      return 'accepted'
    } catch (error) {
      if (!(error instanceof Error)) throw error
      return told(error)
    }
  },
  async misuseChild(method, given) {
    const child = this.apply(tasks.add.s(1, 1))
    try {
      await child[method](given)
      return 'accepted'
    } catch (error) {
      return told(error)
    }
  },
  replaceByNothing() {
    return this.replace(chain())
  },
  addOutside() {
    this.addToChord(tasks.add.s(1, 1))
  },
  /** A child that is revoked by a signal, before or after it was applied. */
  async childWithSignal(isAborted) {
    const controller = new AbortController()
    if (isAborted) controller.abort('before')
    const child = this.apply(tasks.never.s(), { signal: controller.signal })
    controller.abort('after')
    return await child.get().catch(({ code, cause }) => ({ code, cause }))
  },
})
