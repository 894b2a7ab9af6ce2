import { lifeConformance } from './life.js'
import { conformance } from './suite.js'

conformance('threads', { executor: 'threads' })

lifeConformance('threads', { executor: 'threads' })
