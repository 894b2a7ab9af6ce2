/** A plain module with a state of its own. */
let isUp = false
let boards = []

export function setup() {
  isUp = true
}

export function teardown() {
  isUp = false
  for (const board of boards) Atomics.add(board, 0, 1)
  boards = []
  throw new Error('the door is stuck')
}

export function isSetUp(board) {
  boards.push(board)
  return isUp
}
