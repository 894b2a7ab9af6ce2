/** Who the members of lazy groups are, when they start, and where those go that are added: as in any other group, though they come late. */
import { describe, expect, it } from 'vitest'
import { compile } from '../../../src/graph/compile.js'
import { ByHand, finalValueOf, loose, tasks } from './by-hand.js'
import { eventsOf } from './events-of.js'
import { bring, lazy } from './lazy.js'

const { chain, group } = loose
const { a, b, c, d } = tasks

/** A lazy group alone. */
function begun(slots: number) {
  const hand = new ByHand(slots)
  const workflow = hand.submit(lazy())
  return { hand, workflow, group: { workflow, node: 0 } }
}

describe('a member that waits for its time', () => {
  it('counts from when its group began, and takes no room meanwhile', () => {
    const { hand, workflow, group } = begun(1)
    hand.now = 40
    const later = a.s().set({ countdown: 50 })
    bring(hand, group, [later, later])
    expect(hand.wakeAt).toBe(50)
    expect(hand.pulls.map(({ count }) => count)).toEqual([2, 8])
    hand.tick(10)
    expect(hand.names).toEqual(['a'])
    hand.revoke(workflow)
    expect(workflow.intakeOf(0)?.window).toMatchObject({ postponed: 0, outstanding: 0 })
  })

  it('as a later step counts from when the step before it ended', () => {
    const { hand, group } = begun(1)
    bring(hand, group, [chain(a.s(), b.s().set({ countdown: 50 }))])
    hand.now = 100
    hand.succeed('a')
    expect(hand.wakeAt).toBe(150)
  })
})

describe('members that are added', () => {
  it('come behind all that are pulled, in the order in which they were added', () => {
    const { hand, workflow, group } = begun(9)
    bring(hand, group, [a.s()])
    hand.report('a', { kind: 'add-to-chord', canvas: c.s() as never })
    hand.report('a', { kind: 'add-to-chord', canvas: d.s() as never })
    bring(hand, group, [b.s()], { isDone: true })
    for (const name of ['d', 'c', 'b', 'a']) hand.succeed(name, name)
    expect(finalValueOf(workflow)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('are known by their place among the added', () => {
    const { hand, group } = begun(9)
    bring(hand, group, [a.s()])
    hand.report('a', { kind: 'add-to-chord', canvas: c.s() as never })
    const { workflow } = hand.call('c')
    expect(workflow.pathOf(0)).toBe('added[0]')
  })
})

describe('who a member is', () => {
  it('is told by the group and the place in it, also when it came late', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s(), lazy()))
    hand.succeed('a')
    const at = { workflow, node: 1 }
    bring(hand, at, [b.s()])
    bring(hand, at, [c.s(), group(d.s())])
    const place = (name: string): unknown => {
      const { workflow: portion, node } = hand.call(name)
      return [portion.groupOf(node), portion.pathOf(node)]
    }
    const id = workflow.idOf(1)
    expect([place('b'), place('c')]).toEqual([
      [{ id, index: 0 }, 'steps[1].members[0]'],
      [{ id, index: 1 }, 'steps[1].members[1]'],
    ])
    expect(place('d')).toEqual([{ id: expect.not.stringMatching(id), index: 0 }, 'steps[1].members[2].members[0]'])
  })

  it('has what started the group for its parent, and the same root', () => {
    const hand = new ByHand()
    const workflow = hand.submit(chain(a.s(), lazy()))
    hand.listen()
    hand.succeed('a')
    const said = bring(hand, { workflow, node: 1 }, [b.s()])
    const [sent] = said.flatMap(eventsOf)
    expect(sent).toMatchObject({ type: 'task-sent', parentId: workflow.idOf(0), rootId: workflow.idOf(0) })
  })

  it('in a portion stands with those that came with it, in the order of the group', () => {
    const { hand, workflow, group } = begun(4)
    bring(hand, group, [a.s(), b.s()])
    bring(hand, group, [c.s()])
    expect([...workflow.portions()].map(({ graph }) => graph.callCount)).toEqual([2, 1])
    expect([...hand.submit(d.s()).portions()]).toEqual([])
    expect(compile(lazy()).callCount).toBe(0)
  })
})
