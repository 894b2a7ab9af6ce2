import { lifeConformance } from './life.js'
import { refusalConformance } from './refusals.js'
import { conformance } from './suite.js'

conformance('threads', { executor: 'threads' })

lifeConformance('threads', { executor: 'threads' })

refusalConformance('threads', { executor: 'threads' })
