/** The page of a player. */

export default {};
