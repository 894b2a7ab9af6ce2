/** The examples of docs/guide/streams.md are true. */
import { Readable } from 'node:stream'
import { pageTests } from './page.js'
import * as tasks from './streams-tasks.js'

pageTests({
  title: 'the page on streams',
  file: 'guide/streams.md',
  tasksFile: 'streams-tasks.js',
  tasks: { ...tasks, Readable },
})
