// The inline executor: the same scheduler without threads, for unit tests and for stepping through with a debugger.
import { chain, createRuntime, defineTasks, group } from 'celeriac'

// With threads, tasks live in a module of their own, which every worker imports. Inline, they may stand in this very file.
const { append, size } = defineTasks(import.meta.url, {
  append(list, item) {
    list.push(item)
    return list
  },
  size: (list) => list.length,
})

const runtime = createRuntime({ executor: 'inline' })

const list = [1, 2]
console.log(await runtime.run(chain(append.s(list, 3), group(size.s(), append.s(4)))))

// Arguments are cloned here too, so that no test passes by sharing what threads could not share.
console.log('untouched:', list)

await runtime.close()
