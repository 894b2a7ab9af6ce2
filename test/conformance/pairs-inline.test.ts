import { pairConformance } from './pairs.js'

pairConformance('inline', { executor: 'inline' })
