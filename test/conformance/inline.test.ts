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

conformance('inline', { executor: 'inline' })

lifeConformance('inline', { executor: 'inline' })

refusalConformance('inline', { executor: 'inline' })

diagnosticsConformance('inline', { executor: 'inline' })

inspectionConformance('inline', { executor: 'inline' })
scheduleConformance(realStage('inline'))

stampConformance(realStage('inline'))

streamConformance(realStage('inline'))

lazyGroupConformance(realStage('inline'))

manyRunsConformance(realStage('inline'))

stateConformance('inline', realStage('inline').make)

transferConformance('inline', realStage('inline').make)

sizeConformance('inline', realStage('inline').make)
