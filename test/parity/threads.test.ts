import { parity } from './suite.js'

parity('threads')
