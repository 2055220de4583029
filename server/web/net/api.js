/** HTTP calls, and the guest identity that calls and connections use. */

const IDENTITY_KEY = 'parlor.identity';

/**
 * @typedef {{display_name: string, avatar_seed: string, color: string}} Profile
 * @typedef {{player_id: string, token: string, profile: Profile}} Identity
 */

/** An answer that was not a success; `message` may be shown to people. */
export class ApiError extends Error {
  /** @param {number} status 0: no answer came @param {string} code @param {string} message */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export class Api {
  /** @type {Promise<Identity> | null} */
  #signingIn = null;

  /** @returns {Identity | null} */
  get identity() {
    try {
      return JSON.parse(localStorage.getItem(IDENTITY_KEY) ?? 'null');
    } catch {
      return null;
    }
  }

  /** The identity of this browser; a new guest the first time. @returns {Promise<Identity>} */
  async signIn() {
    const known = this.identity;
    if (known) return known;
    this.#signingIn ??= this.#newGuest().finally(() => (this.#signingIn = null));
    return this.#signingIn;
  }

  async token() {
    return (await this.signIn()).token;
  }

  /** After a connection was refused as unauthorized: if HTTP refuses the token too, a new guest is made. */
  async renew() {
    await this.call('GET', '/api/players/me');
  }

  /** The server gave a fresh token before the old one ends. @param {string} token */
  keep(token) {
    const identity = this.identity;
    if (identity) this.#remember({ ...identity, token });
  }

  /** @param {Partial<Profile>} changes @returns {Promise<Profile>} */
  async updateProfile(changes) {
    const answer = await this.call('PATCH', '/api/players/me', changes);
    const profile = { ...(answer.profile ?? answer) };
    const identity = await this.signIn();
    this.#remember({ ...identity, profile: { ...identity.profile, ...profile } });
    return profile;
  }

  /**
   * Call as this browser's player. A token that is no longer good is replaced by a new guest, once.
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @returns {Promise<any>}
   */
  async call(method, path, body) {
    const identity = await this.signIn();
    try {
      return await request(method, path, body, identity.token);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      // Another tab may have renewed it meanwhile.
      if (this.identity?.token === identity.token) localStorage.removeItem(IDENTITY_KEY);
      return request(method, path, body, await this.token());
    }
  }

  async #newGuest() {
    const identity = await request('POST', '/api/players', {}, null);
    this.#remember(identity);
    return identity;
  }

  /** @param {Identity} identity */
  #remember(identity) {
    localStorage.setItem(IDENTITY_KEY, JSON.stringify(identity));
  }
}

/**
 * One request to the API.
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body] sent as JSON
 * @param {string | null} [token] null: as nobody, so that every cache may keep the answer
 * @returns {Promise<any>} the answer's JSON; rejects with `ApiError`
 */
export async function request(method, path, body, token = null) {
  /** @type {Record<string, string>} */
  const headers = { Accept: 'application/json' };
  if (token !== null) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const sent = { method, headers, body: body === undefined ? undefined : JSON.stringify(body) };
  const response = await fetch(path, sent).catch(() => null);
  if (response === null) throw new ApiError(0, 'unreachable', 'The server can’t be reached.');
  const answer = await response.json().catch(() => null);
  if (response.ok) return answer;
  const { code = 'internal', message = `The server answered ${response.status}.` } = answer?.error ?? {};
  throw new ApiError(response.status, code, message);
}
