/** The corpus on the main thread. */
import { parity } from './suite.js'

parity('inline')
