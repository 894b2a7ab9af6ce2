/** The bodies as Piscina and tinypool want them: one function, one argument. */
import { bodies } from './bodies.js'

export default ([name, args]) => bodies[name](...args)
