/** The examples of docs/guide/stamps.md are true. */
import { pageTests } from './page.js'
import * as tasks from './stamps-tasks.js'

pageTests({ title: 'the page on stamps', file: 'guide/stamps.md', tasksFile: 'stamps-tasks.js', tasks })
