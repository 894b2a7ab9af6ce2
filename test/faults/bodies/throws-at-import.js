/** A module that cannot be loaded: it counts how often it was tried, and throws. */
globalThis.loads = (globalThis.loads ?? 0) + 1
throw new Error(`load ${globalThis.loads}`)
