// A task module that never finishes importing.
await new Promise(() => {})
export const never = () => {}
