export const streamTasks: any
