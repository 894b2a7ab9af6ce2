/** Section F: input that is not trusted. Pools read no canvases, so what is told here is told of celeriac alone, but for the last. */
const REFUSALS = 'test/unit/canvas/json-refusals.test.ts'
const LIMITS = 'test/unit/canvas/json-limits.test.ts'
const FUZZ = ['test/fuzz/from-json.test.ts', 'that are spoilt dicts, makes a canvas or a refusal of each']

export const input = [
  {
    id: 'F1',
    fault: 'An own `__proto__` among keyword arguments',
    must: 'refused as a key of a canvas, plain data elsewhere; no prototype changes',
    tests: [
      [REFUSALS, 'a __proto__ in inner kwargs'],
      ['test/unit/task/task.test.ts', 'keeps a key of the name __proto__ a key'],
      [
        'test/unit/canvas/json-read.test.ts',
        'keeps own names such as constructor, and __proto__ inside data, as plain properties',
      ],
      FUZZ,
    ],
  },
  {
    id: 'F2',
    fault: 'Tasks that nobody listed, and inherited names',
    must: 'own keys of the list only',
    tests: [
      [REFUSALS, 'constructor'],
      ['test/unit/canvas/json-read.test.ts', 'goes by registered name'],
      ['test/unit/task/tasks-from.test.ts', 'is none for "%s"'],
    ],
  },
  {
    id: 'F3',
    fault: 'Bombs of depth, of size, of width, of text',
    must: 'limits hold before anything is built',
    tests: [
      [LIMITS, 'of 100,000 levels is refused, of canvases and of data, as text and as object'],
      [LIMITS, 'counts what is shared every time: a small object that means a billion canvases'],
      [LIMITS, 'of canvases is at most maxNodes, a million if nothing else is said'],
      [LIMITS, 'is at most 64 MiB, if nothing else is said'],
    ],
  },
  {
    id: 'F4',
    fault: 'Ids that occur twice, and cycles',
    must: 'refused',
    tests: [
      [REFUSALS, 'a canvas that contains itself'],
      ['test/conformance/refusals.ts', 'refuses an id that is in use, in the canvas or in its callbacks'],
      ['test/unit/graph/compile.test.ts', 'may not be asked for twice'],
    ],
  },
  {
    id: 'F5',
    fault: 'Wrong types, NaN, numbers past all bounds, lone surrogates',
    must: 'a strict schema: unknown keys are refused',
    tests: [[REFUSALS, 'an unknown key'], [REFUSALS, 'no.such.task'], FUZZ],
  },
  {
    id: 'F6',
    fault: 'A canvas from another version',
    must: 'what is not known is refused',
    tests: [
      [REFUSALS, 'an unknown key'],
      [REFUSALS, 'an unknown subtask_type'],
    ],
  },
  {
    id: 'F7',
    fault: 'Threads see the secrets among the variables of the process',
    must: 'by option, only those on a list',
    async provoke(lab) {
      Object.assign(process.env, { SECRET: 'secret', PUBLIC: 'public' })
      const env = { PUBLIC: 'public' }
      const pool = lab.open({
        threads: 1,
        celeriac: { env: ['PUBLIC'] },
        own: {
          piscina: { env },
          tinypool: { env },
          workerpool: { workerThreadOpts: { env } },
          poolifier: { workerOptions: { env } },
        },
      })
      await lab.watch('secret', pool.run('environment', ['SECRET']))
      await lab.watch('what is on the list', pool.run('environment', ['PUBLIC']))
    },
    needs: { secret: 'finishes', 'what is on the list': "succeeds with 'public'" },
  },
]
