import { conformance } from './suite.js'

conformance('threads', { executor: 'threads' })
