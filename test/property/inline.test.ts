import { equalsReference } from './reference.js'

equalsReference('inline', 10_000)
