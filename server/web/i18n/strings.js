/**
 * Every text that people read, in the language of the reader: `strings/LANGUAGE/AREA.js`, each language with the keys
 * of English. What every page says is here at once; each page asks for its own area besides.
 */

const LANGUAGE_KEY = 'parlor.language';

export const LANGUAGES = /** @type {const} */ ({ en: 'English', de: 'Deutsch' });

/**
 * @typedef {keyof typeof LANGUAGES} Language
 * @typedef {object} Areas
 * @property {typeof import('../strings/en/common.js').default} common
 * @property {typeof import('../strings/en/home.js').default} home
 * @property {typeof import('../strings/en/table.js').default} table
 * @property {typeof import('../strings/en/help.js').default} help
 * @property {typeof import('../strings/en/verify.js').default} verify
 * @property {typeof import('../strings/en/replay.js').default} replay
 * @property {typeof import('../strings/en/profile.js').default} profile
 * @property {typeof import('../strings/en/admin.js').default} admin
 * @property {typeof import('../strings/en/plain.js').default} plain
 */

/** The one chosen here before, else the first that the browser asks for and we have. */
export const language = /** @type {Language} */ (
  [localStorage.getItem(LANGUAGE_KEY) ?? '', ...navigator.languages.map((tag) => tag.slice(0, 2)), 'en'].find(
    (tag) => tag in LANGUAGES,
  )
);

/** Read in another language from now on: the page begins again and resumes. @param {string} chosen one of LANGUAGES */
export function chooseLanguage(chosen) {
  localStorage.setItem(LANGUAGE_KEY, chosen);
  location.reload();
}

/**
 * The texts of one area.
 * @template {keyof Areas} Area
 * @param {Area} area
 * @returns {Promise<Areas[Area]>}
 */
export async function texts(area) {
  return (await import(`../strings/${language}/${area}.js`)).default;
}

/** What every page says. */
export const strings = await texts('common');

document.documentElement.lang = language;
