/** One run of a call as the rest of the test runtime sees it: who it is, and how far it has come. What it runs is the executor's. */

export class Run {
  readonly id: string
  readonly taskName: string
  readonly moduleUrl: string
  /** Runs are numbered in the order in which they started. */
  readonly number: number
  phase: 'waiting' | 'running' | 'finished' = 'waiting'
  hasBegun = false
  /** It waits for a child. */
  isParked = false
  /** The module of its task is being imported. */
  importing: string | undefined
  /** Resolves to why it was given up, if it ever is. */
  readonly givenUp: Promise<Error>
  #giveUp: (why: Error) => void = () => {}

  constructor(number: number, { id, taskName, moduleUrl }: Pick<Run, 'id' | 'taskName' | 'moduleUrl'>) {
    this.number = number
    this.id = id
    this.taskName = taskName
    this.moduleUrl = moduleUrl
    this.givenUp = new Promise((resolve) => {
      this.#giveUp = resolve
    })
  }

  /** Ends it with an error, whatever its body still does. */
  giveUp(why: Error): void {
    this.#giveUp(why)
  }
}
