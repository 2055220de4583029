/** The operator's side of the server. The token stays in this tab and goes nowhere but into the header. */

const TOKEN_KEY = 'parlor.operator';

/** An answer that was not a success; `message` may be shown. */
export class OperatorError extends Error {
  /** @param {number} status 0: no answer came @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export class OperatorApi {
  get hasToken() {
    return sessionStorage.getItem(TOKEN_KEY) !== null;
  }

  /** @param {string} token */
  enter(token) {
    sessionStorage.setItem(TOKEN_KEY, token);
  }

  leave() {
    sessionStorage.removeItem(TOKEN_KEY);
  }

  /** @param {string} path below /api/ops @returns {Promise<any>} */
  get(path) {
    return this.#send('GET', path);
  }

  /** @param {string} path below /api/ops @param {Record<string, unknown>} body @returns {Promise<any>} */
  post(path, body) {
    return this.#send('POST', path, body);
  }

  /** @param {string} method @param {string} path @param {Record<string, unknown>} [body] */
  async #send(method, path, body) {
    /** @type {Record<string, string>} */
    const headers = { Authorization: `Bearer ${sessionStorage.getItem(TOKEN_KEY) ?? ''}` };
    if (body) headers['Content-Type'] = 'application/json';
    const sent = { method, headers, body: body && JSON.stringify(body) };
    const response = await fetch(`/api/ops${path}`, sent).catch(() => null);
    const answer = await response?.json().catch(() => null);
    if (response?.ok) return answer;
    throw new OperatorError(response?.status ?? 0, answer?.error?.message ?? '');
  }
}
