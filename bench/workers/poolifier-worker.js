import { ThreadWorker } from 'poolifier'
import * as tasks from './pool-tasks.js'

export default new ThreadWorker({ ...tasks })
