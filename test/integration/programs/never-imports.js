await new Promise(() => {})
export const never = () => 1
