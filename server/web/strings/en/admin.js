/** The page of the operator. */

export default {};
