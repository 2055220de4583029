/** What every replay says. */

import { texts } from '../../i18n/strings.js';

export const t = await texts({ en: () => import('./strings/en.js'), de: () => import('./strings/de.js') });
