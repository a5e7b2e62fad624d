// The elements of the page.

import { AttentionSentence } from './figures/sentence.js';
import { AttentionTraining } from './training/training.js';
import { AttentionMatrix } from './figures/matrix.js';
import { AttentionHero } from './figures/hero.js';
import { AttentionMeaning } from './figures/meaning.js';
import { AttentionIntuition } from './figures/intuition.js';
import { AttentionProblems } from './figures/problems.js';
import { AttentionTutorial } from './tutorial.js';
import { register } from './register.js';

register({
  'attention-sentence': AttentionSentence,
  'attention-tutorial': AttentionTutorial,
  'attention-hero': AttentionHero,
  'attention-problems': AttentionProblems,
  'attention-intuition': AttentionIntuition,
  'attention-matrix': AttentionMatrix,
  'attention-meaning': AttentionMeaning,
  'attention-training': AttentionTraining,
});
