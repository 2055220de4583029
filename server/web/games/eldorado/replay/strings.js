/** What the replay of El Dorado says. */

import { texts } from '../../../i18n/strings.js';
import { t as replay } from '../../replay/strings.js';

const own = await texts({
  en: () => import('../strings/en/replay.js'),
  de: () => import('../strings/de/replay.js'),
});

export const t = { ...replay, ...own };
