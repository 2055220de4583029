/** What the pages of players and the leaderboards say. */

import { texts } from '../../i18n/strings.js';

export const t = await texts({ en: () => import('./en/profile.js'), de: () => import('./de/profile.js') });
