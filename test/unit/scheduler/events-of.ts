/** The events that an instruction is about. */
import type { RuntimeEvent } from '../../../src/events/event.js'
import type { Instruction } from '../../../src/scheduler/messages.js'

export function eventsOf(instruction: Instruction): readonly RuntimeEvent[] {
  if (instruction.type === 'emit') return [instruction.event]
  const events: RuntimeEvent[] = []
  if (instruction.type === 'emit-range') instruction.events.each((event) => void events.push(event))
  return events
}
