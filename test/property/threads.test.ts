import { equalsReference } from './reference.js'

equalsReference('threads', 500)
