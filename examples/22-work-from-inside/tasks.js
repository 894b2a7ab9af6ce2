import { chord, defineTasks } from 'celeriac'

export const tasks = defineTasks(import.meta.url, {
  sum: (numbers) => numbers.reduce((a, b) => a + b, 0),
  list: (pages) => pages.join(', '),
  // Starts children and waits for them, which lends its thread to them.
  async total(numbers) {
    if (numbers.length < 2) return numbers[0] ?? 0
    const half = numbers.length >> 1
    const left = this.apply(tasks.total.s(numbers.slice(0, half)))
    const right = this.apply(tasks.total.s(numbers.slice(half)))
    return (await left.get()) + (await right.get())
  },
  // Puts a canvas in its own place, and is done.
  fib(n) {
    return n < 2 ? n : this.replace(chord([tasks.fib.s(n - 1), tasks.fib.s(n - 2)], tasks.sum.s()))
  },
  // Adds members to the header that it is in.
  crawl(page, links = []) {
    for (const link of links) this.addToChord(tasks.crawl.s(`${page}/${link}`))
    return page
  },
})
