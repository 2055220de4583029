/** Whether and when to reconnect after a connection was lost. Pure. */

const FIRST_CEILING_MS = 500;
const HIGHEST_CEILING_MS = 10_000;
const RATE_LIMITED_FLOOR_MS = 5_000;

/**
 * Full jitter, so that many clients that lost their connections together do not return together.
 * @param {number} attempt 0 for the first
 * @param {number} [random] 0..1
 * @returns {number} milliseconds to wait
 */
export function backoff(attempt, random = Math.random()) {
  return random * Math.min(HIGHEST_CEILING_MS, FIRST_CEILING_MS * 2 ** Math.min(attempt, 10));
}

/**
 * @typedef {{kind: 'retry', afterMs: number}
 *   | {kind: 'new_token'}
 *   | {kind: 'end', reason: 'replaced' | 'forbidden' | 'not_found' | 'malformed'}} Verdict
 */

/**
 * What a close code asks of the client.
 * @param {number} code
 * @param {string} reason
 * @param {number} attempt
 * @returns {Verdict}
 */
export function verdictOn(code, reason, attempt) {
  switch (code) {
    case 1009:
    case 4400:
      return { kind: 'end', reason: 'malformed' };
    case 4401:
      return { kind: 'new_token' };
    case 4403:
      return { kind: 'end', reason: 'forbidden' };
    case 4404:
      return { kind: 'end', reason: 'not_found' };
    case 4409:
      return { kind: 'end', reason: 'replaced' };
    case 4429:
      return { kind: 'retry', afterMs: RATE_LIMITED_FLOOR_MS + backoff(attempt) };
    case 1012: {
      // The server spreads its clients over the restart by naming each a delay.
      const delay = Number.parseInt(reason, 10);
      return { kind: 'retry', afterMs: Number.isFinite(delay) ? Math.max(0, delay) : backoff(attempt) };
    }
    default:
      return { kind: 'retry', afterMs: backoff(attempt) };
  }
}
