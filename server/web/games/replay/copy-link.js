/** The link to a moment of a replay, for others. */

import { toast } from '../../kit/toast.js';
import { t } from './strings.js';

/** Copy it, and say whether that worked. @param {string} address within this site */
export async function copyLink(address) {
  try {
    await navigator.clipboard.writeText(new URL(address, new URL('/', location.href)).href);
    toast(t.copied);
  } catch {
    toast(t.copyFailed, 'problem');
  }
}
