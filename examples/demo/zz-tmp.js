import { chord, createRuntime } from 'celeriac'
import { listFiles, warmDiskCache } from './files.js'
import { analyze, merge } from './tasks.js'
const files = await listFiles(); warmDiskCache(files)
for (const [threads,n] of [[2,16],[1,16],[2,16],[1,16],[2,64]]) {
  const r = createRuntime({threads}); let last=0, ms=0
  if (process.argv[2]!=='no') r.on('task-succeeded', (e)=>{ if(e.taskName==='analyze'){last=performance.now(); ms+=e.runMs}})
  await r.ready(); const c0=process.cpuUsage(); const s=performance.now()
  const e0=performance.eventLoopUtilization()
  await r.run(chord(analyze.chunks(files.map(f=>[f.path]),n), merge.s()))
  const e=performance.now(), eu=performance.eventLoopUtilization(e0), c=process.cpuUsage(c0)
  console.log(threads,n,'header',(last-s).toFixed(0),'body',(e-last).toFixed(0),'total',(e-s).toFixed(0),'main busy',eu.active.toFixed(0),'sum runMs',ms, 'cpu', ((c.user+c.system)/1e3).toFixed(0))
  await r.close()
}
