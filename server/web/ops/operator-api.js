/** The operator's side of the server. The token stays in this tab and goes nowhere but into the header. */

import { request } from '../net/api.js';

const TOKEN_KEY = 'parlor.operator';

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

  /** @param {string} path below /api/ops @returns {Promise<any>} rejects with `ApiError` */
  get(path) {
    return this.#call('GET', path);
  }

  /** @param {string} path below /api/ops @param {Record<string, unknown>} body @returns {Promise<any>} */
  post(path, body) {
    return this.#call('POST', path, body);
  }

  /** @param {string} method @param {string} path @param {Record<string, unknown>} [body] */
  #call(method, path, body) {
    return request(method, `/api/ops${path}`, body, sessionStorage.getItem(TOKEN_KEY) ?? '');
  }
}
