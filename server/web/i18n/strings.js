/**
 * Texts in the language of the reader. An area of texts has one file for each language, all with the keys of English,
 * and a small module that chooses among them with `texts`. What every page says is here.
 */

const LANGUAGE_KEY = 'parlor.language';

export const LANGUAGES = /** @type {const} */ ({ en: 'English', de: 'Deutsch' });

/** @typedef {keyof typeof LANGUAGES} Language */

/** The language that was chosen here before, else the first of the browser's languages that there are texts in. */
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
 * @template Texts
 * @param {Record<Language, () => Promise<{default: Texts}>>} files by language; only one of them is loaded
 * @returns {Promise<Texts>}
 */
export async function texts(files) {
  return (await files[language]()).default;
}

/** What every page says. */
export const strings = await texts({ en: () => import('./strings/en.js'), de: () => import('./strings/de.js') });

document.documentElement.lang = language;
