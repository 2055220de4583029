/** What is said of every table, in every game. */

import { texts } from '../../i18n/strings.js';

export const table = await texts({ en: () => import('./strings/en.js'), de: () => import('./strings/de.js') });
