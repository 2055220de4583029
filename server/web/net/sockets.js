/** Addresses of WebSockets on the server that this page came from. */

/** @param {string} path begins with a slash */
export function socketUrl(path) {
  return new URL(path, location.href.replace(/^http/, 'ws')).href;
}
