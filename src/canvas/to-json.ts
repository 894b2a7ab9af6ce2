/**
 * `toJSON`: a canvas as Celery's signature dict, all six keys always. Without recursion, since canvases may be nested
 * thousands deep.
 */
import { SerializationError } from '../errors.js'
import type { Canvas, Chord, Chunks, MapCanvas, Signature, Starmap } from './canvas.js'
import { builtInKind, type CanvasJSON, type OptionsJSON, type SignatureJSON } from './json.js'
import { rowOfName } from './json-options.js'
import { type Place, under } from './json-path.js'
import { writeStamps } from './json-stamps.js'
import { Reading } from './json-values.js'
import type { StoredStamps } from './stamps.js'
import type { AnyCanvas } from './typing.js'

/** Canvases that are still to be written, all in one place. */
interface Frame {
  readonly parts: Iterator<Canvas>
  /** Where the list is, or the single canvas. */
  readonly place: Place | undefined
  readonly isList: boolean
  put(dict: CanvasJSON): void
  index: number
}

/** The dict of `canvas`. @throws {@link SerializationError} with the path of what JSON cannot hold. */
export function toJSON(canvas: Canvas): CanvasJSON {
  return new Writing().run(canvas)
}

class Writing {
  readonly #frames: Frame[] = []
  /** The frames of the canvas at hand, in the order of the JSON. */
  #inner: Frame[] = []
  readonly #reading = new Reading({
    isParsed: false,
    error: (reason, path) => new SerializationError(reason, path),
  })

  run(canvas: Canvas): CanvasJSON {
    let whole: CanvasJSON | undefined
    this.#one(canvas, undefined, (dict) => {
      whole = dict
    })
    this.#openInner()
    for (let frame = this.#frames.at(-1); frame !== undefined; frame = this.#frames.at(-1)) {
      const part = frame.parts.next()
      if (part.done === true) this.#frames.pop()
      else {
        frame.put(this.#dict(part.value, frame.isList ? under(frame.place, frame.index++) : frame.place))
        this.#openInner()
      }
    }
    return whole as unknown as CanvasJSON
  }

  #openInner(): void {
    while (this.#inner.length > 0) this.#frames.push(this.#inner.pop() as Frame)
  }

  #dict(canvas: Canvas, place: Place | undefined): CanvasJSON {
    const kwargsPlace = under(place, 'kwargs')
    switch (canvas.kind) {
      case 'task':
        return this.#signature(canvas, place)
      case 'chain': {
        const kwargs = { tasks: this.#list(canvas.steps, under(kwargsPlace, 'tasks')) }
        const options = this.#options(canvas, place)
        return { task: 'celery.chain', args: [], kwargs, options, subtask_type: 'chain', immutable: false }
      }
      case 'group': {
        const kwargs = { tasks: this.#list(canvas.members, under(kwargsPlace, 'tasks')) }
        const options = this.#options(canvas, place)
        return { task: 'celery.group', args: [], kwargs, options, subtask_type: 'group', immutable: false }
      }
      case 'chord': {
        const kwargs = this.#partsOfChord(canvas, kwargsPlace)
        const options = this.#options(canvas, place)
        return { task: 'celery.chord', args: [], kwargs, options, subtask_type: 'chord', immutable: false }
      }
      default:
        return this.#mapped(canvas, place)
    }
  }

  #signature(canvas: Signature<any, unknown>, place: Place | undefined): SignatureJSON {
    const { task, immutable } = canvas
    if (builtInKind(task) !== undefined)
      throw this.#reading.refusal(
        `a task of this name cannot be written: to Celery, ${task} is a kind of canvas`,
        under(place, 'task'),
      )
    const args = this.#data(canvas.args, under(place, 'args'))
    const kwargs = this.#reading.guard(() => this.#reading.copyRecord(canvas.kwargs, under(place, 'kwargs')))
    return { task, args, kwargs, options: this.#options(canvas, place), subtask_type: null, immutable }
  }

  #partsOfChord({ header, body }: Chord<any, unknown>, place: Place) {
    // Both are filled in before anybody sees them; they are there from the start so that the keys keep Celery's order.
    const kwargs = { kwargs: {}, header: [] as CanvasJSON[] | CanvasJSON, body: undefined as unknown as CanvasJSON }
    const isPlainGroup = header.kind === 'group' && Object.keys(header.options).length === 0
    if (isPlainGroup) kwargs.header = this.#list(header.members, under(place, 'header'))
    else
      this.#one(header, under(place, 'header'), (dict) => {
        kwargs.header = dict
      })
    this.#one(body, under(place, 'body'), (dict) => {
      kwargs.body = dict
    })
    return kwargs
  }

  #mapped(
    canvas: MapCanvas<any, unknown> | Starmap<any, unknown> | Chunks<any, unknown>,
    place: Place | undefined,
  ): CanvasJSON {
    const kwargsPlace = under(place, 'kwargs')
    const task = this.#signature(canvas.task, under(kwargsPlace, 'task'))
    const it = this.#data(canvas.items, under(kwargsPlace, 'it'))
    const dict = { args: [], options: this.#options(canvas, place), subtask_type: null, immutable: true }
    if (canvas.kind === 'map') return { task: 'celery.map', ...dict, kwargs: { task, it } }
    // The items of both are lists: they were checked when the canvas was made.
    const lists = it as unknown[][]
    if (canvas.kind === 'starmap') return { task: 'celery.starmap', ...dict, kwargs: { task, it: lists } }
    const n = canvas.size === Infinity ? Math.max(1, lists.length) : canvas.size
    return { task: 'celery.chunks', ...dict, kwargs: { task, it: lists, n } }
  }

  #options(canvas: AnyCanvas & Pick<Canvas, 'options'>, place: Place | undefined): OptionsJSON {
    const options: OptionsJSON = {}
    for (const [name, value] of Object.entries(canvas.options)) {
      const { key, row } = rowOfName(name) ?? {}
      const at = under(under(place, 'options'), key ?? name)
      switch (row?.holds) {
        case 'canvases':
          options[key as string] = this.#list(value as readonly Canvas[], at)
          break
        case 'data':
          options[key as string] = this.#reading.guard(() => this.#reading.copyRecord(value, at))
          break
        case 'names of stamps':
          this.#reading.guard(() => writeStamps(value as StoredStamps, options, this.#reading, under(place, 'options')))
          break
        case 'value':
          options[key as string] = this.#reading.guard(() => this.#reading.copy(row.write(value), at.above, at.step))
          break
        default:
          throw this.#reading.refusal(`option "${name}" cannot be written as JSON`, at)
      }
    }
    return options
  }

  #data(list: unknown, place: Place): unknown[] {
    return this.#reading.guard(() => this.#reading.copyList(list, place))
  }

  /** The list of the dicts of `canvases`, which is filled later. */
  #list(canvases: Iterable<Canvas>, place: Place): CanvasJSON[] {
    const list: CanvasJSON[] = []
    const put = (dict: CanvasJSON): void => {
      list.push(dict)
    }
    this.#inner.push({ parts: canvases[Symbol.iterator](), place, isList: true, put, index: 0 })
    return list
  }

  #one(canvas: Canvas, place: Place | undefined, put: (dict: CanvasJSON) => void): void {
    this.#inner.push({ parts: [canvas].values(), place, isList: false, put, index: 0 })
  }
}
