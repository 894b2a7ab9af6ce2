import { pairConformance } from './pairs.js'

pairConformance('threads', { executor: 'threads' })
