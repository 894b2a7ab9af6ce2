/** The examples of docs/celery-differences.md are true. */
import * as tasks from './differences-tasks.js'
import { pageTests } from './page.js'

pageTests({
  title: 'the page on differences from Celery',
  file: 'celery-differences.md',
  tasksFile: 'differences-tasks.js',
  tasks,
})
