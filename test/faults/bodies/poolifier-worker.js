import { ThreadWorker } from 'poolifier'
import { bodies } from './bodies.js'

const ofList = Object.entries(bodies).map(([name, body]) => [name, (args) => body(...args)])

export default new ThreadWorker(Object.fromEntries(ofList))
