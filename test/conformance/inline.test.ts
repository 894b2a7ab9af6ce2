import { lifeConformance } from './life.js'
import { conformance } from './suite.js'

conformance('inline', { executor: 'inline' })

lifeConformance('inline', { executor: 'inline' })
