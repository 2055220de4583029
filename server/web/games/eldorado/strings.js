/** What the table of El Dorado says. */

import { texts } from '../../i18n/strings.js';

export const t = await texts({ en: () => import('./strings/en/table.js'), de: () => import('./strings/de/table.js') });
