/** A module that cannot be loaded: what it imports is not there. */
import './not-there.js'

export const answer = () => 42
