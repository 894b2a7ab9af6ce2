/** To be imported by a thread before anything else. */
import { countMessages } from './message-counts.js'

countMessages()
