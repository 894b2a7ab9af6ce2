/** Counts the messages that a thread sends, into cells that all threads share: 0 for the main thread, 1 for the others. */
import { getEnvironmentData, isMainThread, MessagePort } from 'node:worker_threads'

/** What the cells are called in the environment data. */
export const COUNTS = 'celeriac bench: message counts'

export function countMessages() {
  const counts = getEnvironmentData(COUNTS)
  const cell = isMainThread ? 0 : 1
  const { postMessage } = MessagePort.prototype
  MessagePort.prototype.postMessage = function (...args) {
    Atomics.add(counts, cell, 1)
    return postMessage.apply(this, args)
  }
}
