import { conformance } from './suite.js'

conformance('inline', { executor: 'inline' })
