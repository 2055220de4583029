/* GENERATED from the imports by `make generate`; do not edit.
 * What the first page asks for, asked for at once instead of module by module. Only a hint: a file that is missing here
 * comes a little later. Not a module itself, for the same reason. */
{
  const pages = {
    home: {
      sheets: [
        '/play/styles/home.css'
      ],
      folders: {
        '/play/pages': 'home',
        '/games/eldorado': 'welcome cards settings suits',
        '/games': 'clients',
        '/kit': 'idle styles avatar bar fields icons panel',
        '/net': 'lobby-client sockets reconnect',
        '/play': 'catalogue entrance',
        '/play/parts': 'levels home-screen home-lists',
        '/play/strings': 'home',
        '/i18n': 'strings numbers',
        '/games/eldorado/strings/en': 'welcome',
        '/play/strings/en': 'home',
        '/games/table': 'strings',
        '/i18n/strings': 'en',
        '/games/table/strings': 'en'
      }
    },
    room: {
      sheets: [
        '/styles/table.css',
        '/games/eldorado/styles/table.css'
      ],
      folders: {
        '/play/pages': 'room',
        '/play/parts': 'room-page room-screen line',
        '/games/eldorado': 'client facts fold input strings table card-face cards hand keyboard bids seats trick suits',
        '/games': 'clients',
        '/play': 'entrance room chat pacer',
        '/games/table': 'strings fold people colours',
        '/i18n': 'strings numbers',
        '/kit': 'idle keys styles bar icons avatar',
        '/play/strings': 'room',
        '/net': 'sockets parlor-client outbox reconnect',
        '/games/table/strings': 'en',
        '/i18n/strings': 'en',
        '/play/strings/en': 'room',
        '/games/eldorado/strings/en': 'table'
      }
    }
  };
  const page = location.pathname === '/' && /^(?:#\/?(rooms|join)\/.+|#?\/?)$/.exec(location.hash);
  const known = [localStorage.getItem('parlor.language') ?? '', ...navigator.languages.map((tag) => tag.slice(0, 2))];
  const language = known.find((tag) => tag === 'en' || tag === 'de') ?? 'en';
  const ask = (/** @type {string} */ href, /** @type {Record<string, string>} */ attributes) =>
    document.head.append(Object.assign(document.createElement('link'), { href, ...attributes }));
  if (page) {
    const { sheets, folders } = pages[page[1] ? 'room' : 'home'];
    for (const sheet of sheets) ask(sheet, { rel: 'preload', as: 'style' });
    for (const [folder, names] of Object.entries(folders))
      for (const name of names.split(' '))
        ask(`${folder}/${name}.js`.replace('/strings/en', `/strings/${language}`), { rel: 'modulepreload' });
  }
}
