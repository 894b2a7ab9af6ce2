import { diagnosticsConformance } from './diagnostics.js'
import { inspectionConformance } from './inspection.js'
import { lifeConformance } from './life.js'
import { refusalConformance } from './refusals.js'
import { conformance } from './suite.js'

conformance('threads', { executor: 'threads' })

lifeConformance('threads', { executor: 'threads' })

refusalConformance('threads', { executor: 'threads' })

diagnosticsConformance('threads', { executor: 'threads' })

inspectionConformance('threads', { executor: 'threads' })
