/* What the first page will ask for, asked for at once instead of module by module, in the order in which it is needed.
 * Only a hint: a file that is missing here comes a little later. Not a module itself, for the same reason. */
{
  const isTable = /^#\/(rooms|join)\//.test(location.hash);
  const isHome = location.pathname === '/' && /^(#\/?)?$/.test(location.hash);
  const known = [localStorage.getItem('parlor.language') ?? '', ...navigator.languages.map((tag) => tag.slice(0, 2))];
  const language = known.find((tag) => tag === 'en' || tag === 'de') ?? 'en';
  const page = isTable
    ? `net/{parlor-client outbox reconnect} play/{room chat pacer} i18n/numbers i18n/strings/${language}
      games/eldorado/strings/${language}/table games/own-game games/table/{strings fold colours people} play/pages/room
      play/parts/room-screen kit/{bar icons avatar}
      games/eldorado/{fold cards bids card-face facts hand keyboard seats trick}`
    : `i18n/numbers i18n/strings/${language} play/strings/${language}/home play/strings/home play/pages/home
      play/parts/{home-screen home-lists} kit/{bar icons avatar fields} games/eldorado/{card-face cards} play/catalogue
      net/{lobby-client reconnect}`;

  /** `a/{b c} d` is a/b, a/c, d. @param {string} text */
  const paths = (text) =>
    [...text.matchAll(/([\w/-]+)(?:\{([^}]*)\})?/g)].flatMap(([, start, ends]) =>
      ends === undefined ? [start] : ends.split(' ').map((end) => start + end),
    );
  const ask = (/** @type {string} */ href, /** @type {Record<string, string>} */ attributes) =>
    document.head.append(Object.assign(document.createElement('link'), { href, ...attributes }));
  if (isTable || isHome) {
    ask(`/styles/${isTable ? 'table' : 'home'}.css`, { rel: 'preload', as: 'style' });
    for (const path of paths(page)) ask(`/${path}.js`, { rel: 'modulepreload' });
  }
}
