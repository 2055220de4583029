/* What the first page will ask for, asked for at once instead of module by module. Only a hint: a file that is missing
 * here comes a little later. Not a module itself, for the same reason. */
{
  const table = /^#\/(rooms|join)\//.test(location.hash);
  const known = [localStorage.getItem('parlor.language') ?? '', ...navigator.languages.map((tag) => tag.slice(0, 2))];
  const texts = `strings/${known.find((tag) => tag === 'en' || tag === 'de') ?? 'en'}/`;
  const both = `net/{api reconnect ticket} strings strings/numbers ui/{avatar bar card-face dom icons styles toast}
    play/cards ${texts}{common home table}`;
  const page = table
    ? `pages/{room-page room-keyboard} net/{parlor-client outbox} play/{room chat fold fold-table pacer}
      ui/{announcements countdown hand room-screen people bids chat facts scores seats trick}`
    : 'pages/home-page net/{catalogue lobby-client} ui/{home-screen home-lists fields}';
  const sheets = table ? 'styles/{room panels chat felt facts seats cards}' : 'styles/home';

  /** `a/{b c} d` is a/b, a/c, d. @param {string} text */
  const paths = (text) =>
    [...text.matchAll(/([\w/-]+)(?:\{([^}]*)\})?/g)].flatMap(([, start, ends]) =>
      ends === undefined ? [start] : ends.split(' ').map((end) => start + end),
    );
  const ask = (/** @type {string} */ href, /** @type {Record<string, string>} */ attributes) =>
    document.head.append(Object.assign(document.createElement('link'), { href, ...attributes }));
  for (const path of paths(sheets)) ask(`/${path}.css`, { rel: 'preload', as: 'style' });
  for (const path of paths(`${both} ${page}`)) ask(`/${path}.js`, { rel: 'modulepreload' });
}
