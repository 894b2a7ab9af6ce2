/**
 * The file that Piscina loads in every worker thread. CommonJS, since Piscina requires it first, and ending a thread while it requires an
 * ES module aborts the whole process on Node 20 and 22. All it does is to import the real entry, which takes its batches from
 * a port of its own: what Piscina finds here it never has to run.
 */
const nothing = (): void => {}

export = import('./entry.js').then(() => nothing)
