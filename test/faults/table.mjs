/** Every fault that a runtime on worker threads must survive, by number. What the parts of a row mean is written in `table.d.mts`. */
import { canvas } from './rows/canvas.mjs'
import { crashes } from './rows/crashes.mjs'
import { input } from './rows/input.mjs'
import { lost } from './rows/lost.mjs'
import { size } from './rows/size.mjs'
import { time } from './rows/time.mjs'

export const table = [...lost, ...crashes, ...time, ...size, ...canvas, ...input]
