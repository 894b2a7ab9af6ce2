/** The examples of docs/guide/life-of-a-task.md are true. */
import * as tasks from './life-tasks.js'
import { pageTests } from './page.js'

pageTests({
  title: 'the page on the life of a task',
  file: 'guide/life-of-a-task.md',
  tasksFile: 'life-tasks.js',
  tasks,
})
