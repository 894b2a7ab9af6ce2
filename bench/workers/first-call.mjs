/** The program that cold-start.mjs starts: one call on the contender named. */
const [name] = process.argv.slice(2)

if (name === 'celeriac') {
  const [{ createRuntime }, { THREADS }, { tasks }] = await Promise.all([
    import('celeriac'),
    import('../harness/pools.mjs'),
    import('./tasks.js'),
  ])
  report(await createRuntime({ threads: THREADS }).run(tasks.add.s(1, 1)))
} else if (name !== 'no pool') {
  const { POOLS } = await import('../harness/pools.mjs')
  report(await (await POOLS[name]('add')).run([1, 1]))
}

function report(value) {
  if (value !== 2) throw new Error(`${name} gave ${value}`)
  process.exit()
}
