/** What the keys do at the table. */

import { texts } from '../../i18n/strings.js';

/** @type {{title: string, keys: any}} */
export const help = await texts({ en: () => import('./strings/en/help.js'), de: () => import('./strings/de/help.js') });
