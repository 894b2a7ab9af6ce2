/** Dicts in the shape of Celery's signatures, drawn by fast-check: every key that there is, right or wrong, at every depth. */
import fc from 'fast-check'

const primitive = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, -0, -1, 1.5, 1e308, '', 'any', '__proto__', '\ud800', 'x'),
  fc.double(),
  fc.string({ maxLength: 4, unit: 'binary' }),
)
const name = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('any', 'named') },
  { weight: 1, arbitrary: fc.constantFrom('no.such', 'toString', '__proto__', 'celery.chain', '') },
)
const seconds = fc.oneof(fc.nat(5), fc.constantFrom<unknown>(0.25, -1, null, '5', 1e308, true))
const moment = fc.constantFrom<unknown>(
  '2030-01-01T00:00:00Z',
  '2030-01-01',
  'soon',
  null,
  5,
  '+275760-09-14T00:00:00Z',
)

/** One depth for all, or dicts in options of dicts would never end. */
const DEEP = { depthIdentifier: 'dict', maxDepth: 4, withCrossShrink: true } as const

/** Most are right, so that what is wrong is seldom alone and seldom hidden. */
const mostly = (right: fc.Arbitrary<unknown>, wrong: fc.Arbitrary<unknown> = primitive): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: wrong })

export const { dict } = fc.letrec<{ dict: object; data: unknown; options: unknown }>((tie) => {
  const list = (of: fc.Arbitrary<unknown>) => fc.array(of, { maxLength: 3 })
  const key = fc.oneof(
    fc.constantFrom('x', 'y', '__proto__', 'constructor', '__type__', ''),
    fc.string({ maxLength: 3 }),
  )
  const record = fc.dictionary(key, tie('data'), { maxKeys: 2, noNullPrototype: true })
  const some = list(mostly(tie('dict')))
  const common = { args: mostly(list(tie('data'))), options: mostly(tie('options')), immutable: mostly(fc.boolean()) }
  const shape = (task: unknown, subtask: unknown, kwargs: fc.Arbitrary<unknown>) =>
    fc.record(
      {
        task: mostly(task === undefined ? name : fc.constant(task)),
        kwargs: mostly(kwargs),
        subtask_type: mostly(fc.constant(subtask)),
        ...common,
      },
      { requiredKeys: ['task', 'kwargs'] },
    )
  const mapped = { task: mostly(tie('dict')), it: mostly(list(mostly(list(tie('data'))))) }
  return {
    data: fc.oneof({ ...DEEP, maxDepth: 3 }, primitive, list(tie('data')), record),
    options: fc.oneof(
      DEEP,
      fc.constant({}),
      fc.record(
        {
          task_id: mostly(fc.string({ minLength: 1, maxLength: 3 })),
          link: mostly(some),
          link_error: mostly(some),
          countdown: seconds,
          eta: moment,
          expires: fc.oneof(seconds, moment),
          headers: mostly(record),
          max_retries: mostly(fc.nat(3)),
          time_limit: seconds,
          soft_time_limit: seconds,
          priority: mostly(fc.nat(12)),
          stamped_headers: mostly(list(fc.constantFrom('x', '__proto__', 'task_id'))),
          x: primitive,
          queue: primitive,
        },
        { requiredKeys: [] },
      ),
    ),
    dict: fc.oneof(
      DEEP,
      fc.record({ task: mostly(name), args: mostly(list(primitive)), kwargs: fc.constant({}) }),
      shape(undefined, null, record),
      shape('celery.chain', 'chain', fc.record({ tasks: mostly(some) })),
      shape('celery.group', 'group', fc.record({ tasks: mostly(some) })),
      shape('celery.chord', 'chord', fc.record({ header: mostly(some), body: mostly(tie('dict')) })),
      shape('celery.map', 'xmap', fc.record(mapped)),
      shape('celery.starmap', 'xstarmap', fc.record(mapped)),
      shape('celery.chunks', 'chunks', fc.record({ ...mapped, n: mostly(fc.nat(3)) })),
    ),
  }
})
