import workerpool from 'workerpool'
import { bodies } from './bodies.js'

workerpool.worker(bodies)
