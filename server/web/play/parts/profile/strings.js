/** The texts of these pages, in the reader's language. */

import { texts } from '../../../i18n/strings.js';

export const t = await texts('profile');
