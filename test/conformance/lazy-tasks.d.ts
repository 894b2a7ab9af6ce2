/** Loosely typed: these tests put together what no program would. */
export const lazyTasks: any
