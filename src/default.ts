/** The default runtime behind `.delay()` and `.applyAsync()`: made on first use, and put into the slot that canvases look at. */
import { provideDefaultRunner } from './canvas/canvas.js'
import { ConfigurationError } from './errors.js'
import { show } from './option-rules.js'
import { createRuntime } from './runtime/create-runtime.js'
import type { Runtime } from './runtime/runtime.js'

const SLOT = Symbol.for('celeriac.currentDefault')
const slots = globalThis as { [SLOT]?: Runtime | undefined }

/**
 * Sets what `.delay()` and `.applyAsync()` use, and returns what was set before; `undefined`: a new one is made on next use. The old one
 * is not closed.
 *
 * @throws {@link ConfigurationError} for what is no runtime.
 * @example
 * const before = setDefaultRuntime(createRuntime({ executor: 'inline' }))
 */
export function setDefaultRuntime(runtime: Runtime | undefined): Runtime | undefined {
  if (runtime !== undefined && typeof (runtime as Partial<Runtime> | null)?.apply !== 'function')
    throw new ConfigurationError(
      `setDefaultRuntime takes a runtime or undefined, and this is ${show(runtime)}`,
      'runtime',
      runtime,
    )
  const before = slots[SLOT]
  slots[SLOT] = runtime
  return before
}

provideDefaultRunner(() => {
  slots[SLOT] ??= createRuntime()
  return slots[SLOT] as never
})
