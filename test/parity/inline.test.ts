import { parity } from './suite.js'

parity('inline')
