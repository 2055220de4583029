/** What the start page says, and those who choose the same settings elsewhere. */

import { texts } from '../../i18n/strings.js';

export const home = await texts({ en: () => import('./en/home.js'), de: () => import('./de/home.js') });
