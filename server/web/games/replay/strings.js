/** The texts of this page, in the reader's language. */

import { texts } from '../../i18n/strings.js';

export const t = await texts('replay');
