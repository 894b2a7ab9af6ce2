/** The plan of the house, as data: who may import whom, which rooms are pure, who may use which package. It checks nothing itself. */

/**
 * Rooms from left to right: a file may import from its own room and from any room further left, never from one further right.
 * A room is a folder of `src`, or a file that stands there by itself. Type-only imports obey the same order.
 */
export const ORDER = [
  'errors',
  'option-rules',
  'environment',
  'events',
  'result',
  'canvas',
  'task',
  'graph',
  'scheduler',
  'schedule',
  'serialization',
  'worker',
  'executors',
  'runtime',
  'default',
  'index',
  // Published entries besides the main one.
  'testing',
  'visualize',
  'monitor',
  'bullmq',
  'cli',
] as const

export type Room = (typeof ORDER)[number]

/** Rooms that import neither Node nor a package, and touch nothing of {@link OUTSIDE}. */
export const PURE: readonly Room[] = ['errors', 'option-rules', 'events', 'canvas', 'task', 'graph', 'scheduler']

/** Rooms that are pure but for promises: a handle's `get()` gives one. */
export const PURE_BUT_FOR_PROMISES: readonly Room[] = ['result']

/** What pure rooms never name: time, chance, timers, the process, I/O. They come in from outside, as data. */
export const OUTSIDE: ReadonlySet<string> = new Set([
  'Date',
  'Math.random',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'queueMicrotask',
  'process',
  'crypto',
  'console',
  'fetch',
  'require',
])

/** What makes a promise; `async` stands for async functions and `for await`, `import()` for the dynamic import. */
export const PROMISES: ReadonlySet<string> = new Set(['Promise', 'async', 'await', 'import()'])

/** What one file of a pure room does all the same. An entry that is no longer needed fails the test. */
export const EXCEPTIONS: readonly { readonly file: string; readonly does: string; readonly because: string }[] = [
  {
    file: 'task/tasks-from.ts',
    does: 'import()',
    because: 'a task of a module that this thread has not loaded, called as a function, imports it then',
  },
]

/** Which package is imported where: a room, or one file of it. In a pure room only a file can be named. */
export const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  croner: ['schedule/crontab.ts'],
  eventemitter3: ['events/bus.ts'],
  nanoid: ['environment'],
  piscina: ['executors'],
  tsx: ['worker'],
}

/** Files that import what only their caller can name, and why that is no text from outside. An entry that is not needed fails the test. */
export const COMPUTED_IMPORTS: readonly { readonly file: string; readonly because: string }[] = [
  { file: 'task/tasks-from.ts', because: 'the program gave the URL' },
  {
    file: 'worker/load-module.ts',
    because: 'the URL stands in a signature, which only tasks of the program make; and tsx',
  },
]

/** A file that must stay light, and the rooms that it may reach, through however many others. */
export const LIGHT: readonly { readonly file: string; readonly reaches: readonly Room[] }[] = [
  {
    file: 'worker/entry.ts',
    reaches: ['worker', 'task', 'canvas', 'result', 'serialization', 'errors', 'option-rules', 'environment', 'events'],
  },
]

/** Names of folders and files that say nothing about what is inside. */
export const EMPTY_WORDS: readonly string[] = ['utils', 'util', 'common', 'helpers', 'types', 'core', 'misc', 'shared']
