export const tasks: any
