/** What the page of a room says. */

import { texts } from '../../i18n/strings.js';

export const room = await texts({ en: () => import('./en/room.js'), de: () => import('./de/room.js') });
