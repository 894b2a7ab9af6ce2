import { lifeConformance } from './life.js'
import { scheduleConformance } from './schedules.js'
import { realStage } from './stage.js'
import { stampConformance } from './stamps.js'
import { streamConformance } from './streams.js'
import { conformance } from './suite.js'

conformance('threads', { executor: 'threads' })

lifeConformance('threads', { executor: 'threads' })

scheduleConformance(realStage('threads'))

stampConformance(realStage('threads'))

streamConformance(realStage('threads'))
