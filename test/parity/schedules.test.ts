/** The examples of docs/guide/schedules.md are true. */
import { pageTests } from './page.js'
import * as tasks from './schedules-tasks.js'

pageTests({ title: 'the page on schedules', file: 'guide/schedules.md', tasksFile: 'schedules-tasks.js', tasks })
