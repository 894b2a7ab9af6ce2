import { defineTasks, task } from 'celeriac'

export const { resize } = defineTasks(import.meta.url, {
  resize: task(
    {
      beforeStart([image]) {
        this.updateState('LOADING', { image })
      },
      afterReturn({ state }) {
        this.progress(`ends in ${state}`)
      },
    },
    function (image, steps) {
      if (steps === 0) throw new RangeError('no steps')
      for (let i = 1; i <= steps; i++) this.progress(i / steps)
      return image.toUpperCase()
    },
  ),
})
