import { lifeConformance } from './life.js'
import { scheduleConformance } from './schedules.js'
import { realStage } from './stage.js'
import { conformance } from './suite.js'

conformance('inline', { executor: 'inline' })

lifeConformance('inline', { executor: 'inline' })

scheduleConformance(realStage('inline'))
