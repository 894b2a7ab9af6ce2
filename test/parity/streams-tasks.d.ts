/** The tasks of streams-tasks.js, which only examples name: scope for them, and nothing to check. */
export {}
