import { defineTasks, transfer } from 'celeriac'

const moved = (pixels) => transfer(pixels, [pixels.buffer])

export const { brighten, invert, stamp } = defineTasks(import.meta.url, {
  brighten(pixels, by) {
    for (let i = 0; i < pixels.length; i += 4096) pixels[i] += by
    return moved(pixels)
  },
  invert(pixels) {
    for (let i = 0; i < pixels.length; i += 4096) pixels[i] = 255 - pixels[i]
    return moved(pixels)
  },
  stamp(pixels, mark) {
    pixels[0] = mark
    return moved(pixels)
  },
})
