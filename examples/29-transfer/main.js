// Zero copy: an image of 100 MB goes through three steps and comes back, and is never copied.
import { chain, createRuntime, transfer } from 'celeriac'
import { brighten, invert, stamp } from './tasks.js'

const MB = 2 ** 20
const runtime = createRuntime({ threads: 2 })
const edit = (pixels) => chain(brighten.s(pixels, 5), invert.s(), stamp.s(42))
const peakMB = () => process.resourceUsage().maxRSS / 1024

try {
  // Threads and modules take memory, too: they are there before anything is measured.
  await runtime.ready()
  await Promise.all([1, 2, 3, 4].map(() => runtime.run(edit(new Uint8Array(MB)))))

  const pixels = new Uint8Array(100 * MB).fill(100)
  const before = peakMB()
  const edited = await runtime.run(edit(transfer(pixels, [pixels.buffer])))
  const copies = Math.round((peakMB() - before) / 100)

  console.log('here still:', pixels.byteLength / MB, 'MB')
  console.log('came back:', edited.byteLength / MB, 'MB, beginning with', edited[0], 'and', edited[4096], 'later on')
  console.log('copies:', copies)

  // What has left cannot be sent again, and a call that might run twice cannot have it at all.
  for (const canvas of [edit(pixels), edit(transfer(edited, [edited.buffer])).set({ retryFor: [Error] })]) {
    try {
      runtime.apply(canvas)
    } catch (error) {
      console.log(`${error.name} at ${error.path}`)
    }
  }
} finally {
  await runtime.close()
}
