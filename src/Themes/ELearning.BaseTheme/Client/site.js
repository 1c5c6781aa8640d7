// Niceties. Every page works without any of this.
import './parts/dialogs.js';
import './parts/fields.js';
import './parts/keys.js';
import './parts/menus.js';
import './parts/toasts.js';
