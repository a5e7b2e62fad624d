// The elements of the page.

import { AttentionTutorial } from './tutorial.js';
import { AttentionHero } from './figures/hero.js';
import { AttentionIntuition } from './figures/intuition.js';
import { AttentionMatrix } from './figures/matrix.js';
import { AttentionMeaning } from './figures/meaning.js';
import { AttentionProblems } from './figures/problems.js';
import { AttentionSentence } from './figures/sentence.js';
import { register } from './register.js';
import { AttentionTraining } from './training/training.js';

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
