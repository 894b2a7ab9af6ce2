import workerpool from 'workerpool'
import { functions } from './functions.js'

workerpool.worker(functions)
