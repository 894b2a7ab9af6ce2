/** What a thread says first goes where tasks can post, too. */
import { MessageChannel } from 'node:worker_threads'
import { afterAll, describe, expect, it } from 'vitest'
import { isOnlineMessage } from '../../../src/worker/side-messages.js'

const { port1: port, port2 } = new MessageChannel()
afterAll(() => port2.close())
const online = { celeriac: 'online', threadId: 1, port, mail: new Int32Array(1) }

describe('a message of a new thread', () => {
  it('is known by what it brings', () => {
    expect(isOnlineMessage(online)).toBe(true)
  })

  it.each([
    ['nothing', null],
    ['a text', 'online'],
    ['another word', { ...online, celeriac: 'said' }],
    ['one without a port', { ...online, port: {} }],
    ['one without a count of its mail', { ...online, mail: [0] }],
  ])('is not what a task has posted: %s', (_what, message) => {
    expect(isOnlineMessage(message)).toBe(false)
  })
})
