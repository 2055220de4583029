/** Points as people read them, in every language: with a real minus sign. */

/** @param {number} points */
export const score = (points) => String(points).replace('-', '−');

/** @param {number} points how many were won or lost */
export const delta = (points) => `${points > 0 ? '+' : ''}${score(points)}`;
