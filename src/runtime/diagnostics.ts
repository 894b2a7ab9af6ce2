/**
 * The events of every runtime of this process on `node:diagnostics_channel`, as `celeriac:<name>`: the same objects that listeners get.
 *
 * A channel does not tell that somebody has subscribed, so it is asked: a look at a flag for each name, when a workflow is applied. What a
 * subscriber throws is an uncaught exception, as on any such channel.
 */
import { type Channel, channel } from 'node:diagnostics_channel'
import type { EventOutlet } from '../events/bus.js'
import { EVENT_NAMES, type RuntimeEventName } from '../events/event.js'

// Held for good: Node forgets a channel that nobody holds.
const byName = new Map<RuntimeEventName, Channel>(EVENT_NAMES.map((name) => [name, channel(`celeriac:${name}`)]))
const channels = [...byName.values()]

export const diagnostics: EventOutlet = {
  heard() {
    let names = 0
    for (let i = 0; i < channels.length; i++) if (channels[i]?.hasSubscribers) names |= 1 << i
    return names
  },
  publish(event) {
    const channel = byName.get(event.type)
    if (channel?.hasSubscribers) channel.publish(event)
  },
}
