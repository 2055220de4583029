/** What every page says, and what is said at a table. */

import { strings as common, texts } from '../../i18n/strings.js';

const table = await texts({ en: () => import('../eldorado/strings/en/table.js'), de: () => import('../eldorado/strings/de/table.js') });

export const strings = { ...common, ...table };
