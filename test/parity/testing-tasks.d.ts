/** Only names: the page's examples are plain JavaScript. */
export const tasks: unknown
