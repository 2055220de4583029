/** What the page says that checks a shuffle. */

import { texts } from '../../i18n/strings.js';

export const verify = await texts({ en: () => import('./en/verify.js'), de: () => import('./de/verify.js') });
