import { diagnosticsConformance } from './diagnostics.js'
import { inspectionConformance } from './inspection.js'
import { lazyGroupConformance } from './lazy-groups.js'
import { lifeConformance } from './life.js'
import { manyRunsConformance } from './many-runs.js'
import { refusalConformance } from './refusals.js'
import { scheduleConformance } from './schedules.js'
import { sizeConformance } from './sizes.js'
import { realStage } from './stage.js'
import { stampConformance } from './stamps.js'
import { stateConformance } from './state.js'
import { streamConformance } from './streams.js'
import { conformance } from './suite.js'
import { transferConformance } from './transfer.js'

conformance('threads', { executor: 'threads' })

lifeConformance('threads', { executor: 'threads' })

refusalConformance('threads', { executor: 'threads' })

diagnosticsConformance('threads', { executor: 'threads' })

inspectionConformance('threads', { executor: 'threads' })
scheduleConformance(realStage('threads'))

stampConformance(realStage('threads'))

streamConformance(realStage('threads'))

lazyGroupConformance(realStage('threads'))

manyRunsConformance(realStage('threads'))

stateConformance('threads', realStage('threads').make)

transferConformance('threads', realStage('threads').make)

sizeConformance('threads', realStage('threads').make)
