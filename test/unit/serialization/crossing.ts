/** What the tests of this folder share: a thread border without threads. Structured clone is what `postMessage` does. */
import type { RunIdentity } from '../../../src/errors.js'
import { decodeError, encodeError } from '../../../src/serialization/errors.js'
import { pack, unpack } from '../../../src/serialization/values.js'

export const run: RunIdentity = { taskId: 't1', taskName: 'kitchen.cook', attempt: 2 }
export const options = { maxDepth: 512, what: 'value' }

/** What arrives when `thrown` is thrown on the other side. */
export const thrownAcross = (thrown: unknown): Error => decodeError(structuredClone(encodeError(thrown)), run)

/** What arrives when `value` is sent to the other side. */
export const sentAcross = (value: unknown): unknown => unpack(structuredClone(pack(value, options)), run)

export function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

/** A Proxy that throws, whatever is asked of it. */
export const hostileProxy = (target: object): object => {
  const refuse = (): never => {
    throw new Error('hands off')
  }
  const traps = Reflect.ownKeys(Reflect).filter((name) => typeof Reflect.get(Reflect, name) === 'function')
  return new Proxy(target, Object.fromEntries(traps.map((trap) => [trap, refuse])))
}

/** `[[[]]]`, so many deep. */
export function nested(depth: number): unknown {
  let value: unknown = 'bottom'
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { in: value }
  return value
}
