// celeriac/testing, compiled against the built package.
// celeriac/testing: what must compile, and what must not.
import { add, mul } from './use.js'
import { createTestRuntime, explore, matchers, recorder, type CeleriacMatchers } from 'celeriac/testing'
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
const is = <A>() => <B>(_b: B, ..._x: Equal<A, B> extends true ? [] : [never]) => {}
export async function tests() {
  await using rt = createTestRuntime({ seed: 7 }); await rt.advance(1_000)
  rt.failNext(add, new RangeError('x'), 2); rt.failNext('mul', 'not an error'); rt.loseWorker(); rt.delay(mul, 50)
  const m = rt.mock(add, function (x, y) { is<number>()(x); this.progress(1); return x - y }); is<readonly [x: number, y: number] | undefined>()(m.calls[0]); m.restore()
  rt.mock(mul, (x, y) => x * y); rt.mock(mul, async (x, y) => x * y)
  await explore(100, async (r) => { await r.run(add.s(1, 1)) }, { seed: 3 })
  using rec = recorder(rt); rec.calls[0]?.outcome?.ok; const expected = null! as CeleriacMatchers<void>
  expected.toHaveRun(add, [1, 1]); expected.toHaveRunBefore(add, 'mul'); expected.toHaveSettled('SUCCESS'); matchers.toHaveRunTimes
  // @ts-expect-error a mock yields what the task yields
  rt.mock(add, () => 'x')
  // @ts-expect-error the executor is given
  createTestRuntime({ executor: 'threads' })
}
