// attention-tutorial.js: one script tag, and the element is there.

import { defineAttentionTutorial } from './alone.js';

defineAttentionTutorial();
