/** The corpus on worker threads. */
import { parity } from './suite.js'

parity('threads')
