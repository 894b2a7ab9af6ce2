import { ThreadWorker } from 'poolifier'
import { bodies } from './bodies.js'

/** As asynchronous functions: what another kind returns is not awaited. */
const ofList = Object.entries(bodies).map(([name, body]) => [name, async (args) => body(...args)])

export default new ThreadWorker(Object.fromEntries(ofList))
