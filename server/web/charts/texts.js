/** What charts say. */

import { texts } from '../strings.js';

export const t = (await texts('profile')).charts;
