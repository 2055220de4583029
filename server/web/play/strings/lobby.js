/** What is said before and after a game, and in the chat. */

import { texts } from '../../i18n/strings.js';

export const lobby = await texts({ en: () => import('./en/lobby.js'), de: () => import('./de/lobby.js') });
