/** The texts of this page, in the reader's language. */

import { texts } from '../strings.js';

export const t = await texts('admin');
