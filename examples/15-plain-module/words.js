// A plain module, which knows nothing of celeriac. Every exported function can be a task.
export const count = (text) => text.split(/\s+/).length

export async function longest(text) {
  return text.split(/\s+/).reduce((a, b) => (b.length > a.length ? b : a))
}
