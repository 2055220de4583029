/** What charts say. */

export { t } from '../../play/strings/profile.js';
