/** What every page says, and what is said at a table. */

import { strings as common, texts } from '../../i18n/strings.js';

export const strings = { ...common, ...(await texts('table')) };
