/**
 * Provokes every fault of the table on celeriac and on the other pools, each in a process of its own, and writes what was seen to
 * `docs/faults.md`. What was seen on other versions of Node is kept in `docs/faults.json`.
 *
 *   npm run faults                               all of it, on this Node
 *   npm run faults -- --node 24                  with another Node, fetched by npx
 *   npm run faults -- --only piscina --rows B1,C  some of it; the rest stays as it was
 *   npm run faults -- --write                    only writes the page anew
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, platform } from 'node:os'
import { parseArgs } from 'node:util'
import { faultsIn } from '../test/faults/judge.mjs'
import { observe } from '../test/faults/observe.mjs'
import { pageOf } from '../test/faults/page.mjs'
import { table } from '../test/faults/table.mjs'

const CONTENDERS = ['celeriac', 'piscina', 'tinypool', 'workerpool', 'poolifier']
const SIDE_BY_SIDE = 2
const DATA = new URL('../docs/faults.json', import.meta.url)
const PAGE = new URL('../docs/faults.md', import.meta.url)

const { values: flags } = parseArgs({
  options: {
    node: { type: 'string' },
    only: { type: 'string' },
    rows: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})
const data = existsSync(DATA) ? JSON.parse(readFileSync(DATA, 'utf8')) : {}
if (!flags.write) await provokeAll()
writeFileSync(DATA, `${JSON.stringify(data, null, 1)}\n`)
writeFileSync(PAGE, pageOf(data, CONTENDERS))

async function provokeAll() {
  const node = flags.node === undefined ? process.execPath : fetchNode(flags.node)
  const version = execFileSync(node, ['-v'], { encoding: 'utf8' }).trim()
  const major = version.split('.')[0].slice(1)
  const before = data[major]
  data[major] = {
    node: version,
    platform: platform(),
    cores: availableParallelism(),
    versions: versionsOf(),
    seen: before?.seen ?? {},
  }
  const cells = cellsToFill()
  const all = cells.values()
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => fill(all, data[major].seen, node)))
}

/** Takes one cell after the other, until none is left. */
async function fill(cells, seen, node) {
  for (const { row, contender } of cells) {
    const observation = await observe(row, contender, { node })
    seen[row.id] = { ...seen[row.id], [contender]: observation.seen }
    const isHeld = faultsIn(row, contender, observation.seen).length === 0
    console.log(`${isHeld ? 'ok ' : 'no '} ${row.id} ${contender} ${JSON.stringify(observation.seen)}`)
    writeFileSync(DATA, `${JSON.stringify(data, null, 1)}\n`)
  }
}

function cellsToFill() {
  const wanted = flags.rows?.split(',')
  const contenders = flags.only === undefined ? CONTENDERS : flags.only.split(',')
  const isWanted = ({ id }) => wanted === undefined || wanted.some((one) => one === id || one === id[0])
  return table
    .filter((row) => row.provoke !== undefined && isWanted(row))
    .flatMap((row) => contenders.map((contender) => ({ row, contender })))
    .filter(({ row, contender }) => contender === 'celeriac' || !row.onlyOurs)
}

/** The path of a Node of another version. */
function fetchNode(version) {
  const args = ['-y', '-p', `node@${version}`, 'node', '-p', 'process.execPath']
  return execFileSync('npx', args, { encoding: 'utf8', shell: process.platform === 'win32' }).trim()
}

function versionsOf() {
  const versionOf = (name) => {
    const manifest = name === 'celeriac' ? '../package.json' : `../node_modules/${name}/package.json`
    return JSON.parse(readFileSync(new URL(manifest, import.meta.url), 'utf8')).version
  }
  return Object.fromEntries(CONTENDERS.map((name) => [name, versionOf(name)]))
}
