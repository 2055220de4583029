/** What a host may choose. */

/** @param {string} rounds label @returns {import('../contract.js').Settings} */
export function settingsOf(rounds) {
  return {
    choices: [{ name: 'rounds', label: rounds, values: [1, 2, 3, 5, 7, 10], usual: 10 }],
    seats: [2, 3, 4, 5, 6, 7, 8, 9, 10],
  };
}
