/** What a replay says. */

import { texts } from '../../i18n/strings.js';

export const t = await texts({ en: () => import('../eldorado/strings/en/replay.js'), de: () => import('../eldorado/strings/de/replay.js') });
