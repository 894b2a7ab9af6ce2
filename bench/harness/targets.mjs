/** What the hot path is held to, in the order of the report. Ratios are against `pool.run` of Piscina per task, unless said. */

const more = (id, metric, must, aim) => ({ id, metric, unit: '×', must, aim, better: 'more' })
const less = (id, metric, unit, must, aim) => ({ id, metric, unit, must, aim, better: 'less' })

export const TARGETS = [
  more('group-10k', 'group of 10k signatures, one result', 25, 50),
  more('group-100k', 'group of 100k signatures', 60, 110),
  more('each-10k', '`each` of 10k', 45, 90),
  more('each-100k', '`each` of 100k', 90, 200),
  more('singles-10k', '10k calls, each with its own promise awaited', 25, 50),
  more('chord-10k', 'chord of 10k', 35, 70),
  more('chain-fused', 'chain of 100 ÷ 100 sequential runs', 15, 30),
  more('chain-unfused', 'chain of 100 that cannot fuse, speed', 0.85, 1),
  less('lone-p50', 'lone call, p50 time', '×', 1.15, 1),
  more('chunks', 'chunks(100k, 1000) per item', 80, 150),
  more('inline-group-100k', '100k signatures ÷ inline `Promise.all` on one thread', 0.6, 1),
  more('inline-each-100k', '`each` of 100k ÷ inline `Promise.all` on one thread', 1.2, 2),
  less('break-even', 'break-even task size against the inline loop', 'µs', 5, 1),
  more('throughput-1ms', 'throughput of calls of 1 ms', 1, 1.1),
  more('throughput-10ms', 'throughput of calls of 10 ms', 1, 1.1),
  more('ceiling-1ms', 'calls of 1 ms: speed against the ceiling', 0.85, 0.95),
  more('ceiling-10ms', 'calls of 10 ms: speed against the ceiling', 0.85, 0.95),
  more('ceiling-mixed', 'mixed calls: speed against the ceiling', 0.85, 0.95),
  less('held', 'tiny calls held > 250 ms by one 300 ms call (of 1,999)', '', 20, 5),
  less('bytes', 'bytes per pending call beyond its arguments', 'B', 100, 50),
  less('growth', 'cost per call, 1M ÷ 100k', '×', 1.05, 0.8),
  less('scheduler', 'scheduler alone, per call', 'ns', 250, 100),
  less('messages', 'messages for a group of 10k, both ways (counted)', '', 40, 20),
  more('watched', 'with one listener on every event, speed of unwatched (the worst)', 0.45, 0.7),
  less('overshoot', 'hard limit in an endless loop: overshoot, p99', 'ms', undefined, 50),
  less('revoke', 'revoking 10k queued calls: pause', 'ms', undefined, 20),
  less('recovery', 'next result after the loss of a thread, with a spare one, p99', 'ms', undefined, 20),
]

/** Of several measurements of one target, the worst counts. */
export function worstFigure(target, figures) {
  const own = figures.filter((figure) => figure.target === target.id)
  const isWorse = (a, b) => (target.better === 'more' ? a.median < b.median : a.median > b.median)
  return own.reduce((worst, figure) => (worst === undefined || isWorse(figure, worst) ? figure : worst), undefined)
}

/** `aim`, `must`, `missed`, or nothing if it was not measured. */
export function verdictOn({ must, aim, better }, figure) {
  if (figure === undefined) return undefined
  const reaches = (goal) => goal !== undefined && (better === 'more' ? figure.median >= goal : figure.median <= goal)
  if (reaches(aim)) return 'aim'
  if (reaches(must)) return 'must'
  return must === undefined ? 'aim missed' : 'missed'
}
