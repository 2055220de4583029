/** What charts say. */

import { texts } from '../../i18n/strings.js';

export const t = (await texts('profile')).charts;
