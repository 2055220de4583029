/** What is said about games that this page doesn't know. */

import { texts } from '../../i18n/strings.js';

export const t = await texts('plain');
