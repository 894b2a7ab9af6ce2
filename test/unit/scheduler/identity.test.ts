/** Ids, groups, roots, parents, names and paths of calls, and how an id is found again. */
import { describe, expect, it } from 'vitest'
import type { Workflow } from '../../../src/scheduler/workflow.js'
import { ByHand, loose, tasks } from './by-hand.js'

const { chain, chord, group } = loose
const { a, b, c, body, callback } = tasks

describe('an id', () => {
  it('is made of the prefix, the number of the workflow and the node', () => {
    const hand = new ByHand()
    hand.submit(a.s())
    const workflow = hand.submit(group(...Array.from({ length: 40 }, () => a.s())))
    expect([workflow.idOf(0), workflow.idOf(40)]).toEqual(['hand-1-0', 'hand-1-14'])
  })

  it('is the one that was asked for: of a chain its last call, of a group the group', () => {
    const workflow = new ByHand().submit(chain(a.s(), group(b.s().set({ taskId: 'member' }))).set({ taskId: 'all' }))
    expect([0, 1, 2].map((node) => workflow.idOf(node))).toEqual(['hand-0-0', 'all', 'member'])
  })

  it('is found as long as its workflow is pending', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s(), b.s().set({ taskId: 'mine' })))
    expect(hand.scheduler.find('hand-0-0')).toEqual({ workflow, node: 0 })
    expect(hand.scheduler.find('mine')).toEqual({ workflow, node: 1 })
    hand.succeed('a')
    hand.succeed('b')
    expect(hand.scheduler.find('mine')).toBeUndefined()
    expect(hand.scheduler.find('hand-0-0')).toBeUndefined()
  })

  it.each(['hand-0-1', 'hand-0-zz', 'hand-9-0', 'hand-0', 'hand-', 'hand-x', 'other-0-0', '', 'hand-0-0-0'])(
    'that nobody has is not found: "%s"',
    (id) => {
      const hand = new ByHand()
      const workflow = hand.submit(a.s())
      expect(hand.scheduler.find(id)).toBeUndefined()
      expect(workflow.nodeOf(id)).toBeUndefined()
    },
  )

  it('that a node has is found in its workflow', () => {
    const workflow = new ByHand().submit(chain(a.s(), b.s().set({ taskId: 'mine' })))
    expect(['hand-0-0', 'mine', 'hand-0-1'].map((id) => workflow.nodeOf(id))).toEqual([0, 1, undefined])
  })

  it('of a callback belongs to the first that runs with it', () => {
    const hand = new ByHand()
    const canvas = a.s().link(callback.s().set({ taskId: 'same' }))
    hand.submit(canvas)
    hand.submit(canvas)
    hand.succeed('a')
    hand.succeed('a')
    const [first, second] = hand.running.flatMap(({ calls }) => calls).map((call) => call.workflow) as [
      Workflow,
      Workflow,
    ]
    expect(hand.scheduler.find('same')?.workflow).toBe(first)
    hand.succeed('callback')
    expect(second.idOf(0)).toBe('same')
    expect(hand.scheduler.find('same')).toBeUndefined()
    hand.succeed('callback')
    expect(hand.scheduler.openWorkflows).toBe(0)
  })
})

describe('a call belongs to', () => {
  const groupsOf = (workflow: Workflow): readonly unknown[] =>
    Array.from({ length: workflow.graph.size }, (_, node) => workflow.groupOf(node))

  it('its own group, at its own place, through the chains that it is a step of', () => {
    const workflow = new ByHand().submit(group(a.s(), chain(b.s(), c.s()), group(a.s())))
    const outer = { id: 'hand-0-0' }
    expect(groupsOf(workflow).slice(1, 4)).toEqual([
      { ...outer, index: 0 },
      { ...outer, index: 1 },
      { ...outer, index: 1 },
    ])
    expect(workflow.groupOf(5)).toEqual({ id: 'hand-0-4', index: 0 })
  })

  it('the header when it is a member of one; a body belongs to none', () => {
    const workflow = new ByHand().submit(chord([a.s(), b.s()], body.s()))
    expect(groupsOf(workflow).slice(1)).toEqual([{ id: 'hand-0-0', index: 0 }, { id: 'hand-0-0', index: 1 }, undefined])
  })

  it('none when it stands alone or in a chain', () => {
    expect(groupsOf(new ByHand().submit(chain(a.s(), b.s())))).toEqual([undefined, undefined])
  })
})

describe('the parent of a call', () => {
  const parentOf = (hand: ByHand, name: string): string | undefined => {
    const { workflow, node } = hand.call(name)
    return workflow.parentIdOf(workflow.input(node))
  }

  it('is the call whose end started it, and the root the first of all', () => {
    const hand = new ByHand()
    hand.submit(chain(a.s().link(callback.s()), group(b.s(), c.s()), body.s()))
    expect(parentOf(hand, 'a')).toBeUndefined()
    hand.succeed('a')
    expect(['b', 'c', 'callback'].map((name) => parentOf(hand, name))).toEqual(['hand-0-0', 'hand-0-0', 'hand-0-0'])
    hand.succeed('c')
    hand.succeed('b')
    expect(parentOf(hand, 'body')).toBe('hand-0-2')
    expect(['callback', 'body'].map((name) => hand.call(name).workflow.rootIdOf(0))).toEqual(['hand-0-0', 'hand-0-0'])
  })

  it('of a step behind an empty group is the call before that', () => {
    const hand = new ByHand()
    hand.submit(chain(a.s(), group(), b.s()))
    hand.succeed('a')
    expect(parentOf(hand, 'b')).toBe('hand-0-0')
  })

  it('of a step behind an empty chain at the start is nobody', () => {
    const hand = new ByHand()
    hand.submit(chain(chain(), b.s()))
    expect(parentOf(hand, 'b')).toBeUndefined()
  })
})

describe('a path', () => {
  it('leads from the applied canvas to the call, through callbacks', () => {
    const hand = new ByHand()
    hand.submit(chain(a.s(), chain(b.s()).link(group(callback.s()))))
    hand.succeed('a')
    expect(hand.call('b').workflow.pathOf(hand.call('b').node)).toBe('steps[1].steps[0]')
    hand.succeed('b')
    expect(hand.call('callback').workflow.pathOf(1)).toBe('steps[1].options.link[0].members[0]')
    hand.succeed('callback')
  })
})

describe('what feeds a node', () => {
  it('is the node before it, and for the first and for members nobody', () => {
    const workflow = new ByHand().submit(chain(a.s(), group(b.s()), c.s()))
    expect([0, 1, 2, 3].map((node) => workflow.feederOf(node))).toEqual([-1, 0, -1, 1])
  })
})
