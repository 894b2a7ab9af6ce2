import { diagnosticsConformance } from './diagnostics.js'
import { inspectionConformance } from './inspection.js'
import { lifeConformance } from './life.js'
import { refusalConformance } from './refusals.js'
import { conformance } from './suite.js'

conformance('inline', { executor: 'inline' })

lifeConformance('inline', { executor: 'inline' })

refusalConformance('inline', { executor: 'inline' })

diagnosticsConformance('inline', { executor: 'inline' })

inspectionConformance('inline', { executor: 'inline' })
