export const stampTasks: any
