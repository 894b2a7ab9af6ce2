export const life: any
