import { defineTasks } from 'celeriac'

export const { resize, collect } = defineTasks(import.meta.url, {
  resize(name) {
    return `${name} for ${this.stamps.tenant.join(' and ')}`
  },
  collect(names) {
    return `${names.join(', ')}; request ${this.stamps.request}`
  },
})
