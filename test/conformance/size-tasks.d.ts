export const sizeTasks: any
