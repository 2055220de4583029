/** The replay of a finished game. */

export default {};
