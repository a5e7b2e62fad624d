// The one place that registers elements, so that importing any other file has no side effect.

import { AttentionTutorial } from './tutorial.js';
import { AttentionHero } from './figures/hero.js';
import { AttentionIntuition } from './figures/intuition.js';
import { AttentionMatrix } from './figures/matrix.js';
import { AttentionMeaning } from './figures/meaning.js';
import { AttentionProblems } from './figures/problems.js';
import { AttentionSentence } from './figures/sentence.js';
import { AttentionTraining } from './training/training.js';

const ELEMENTS = {
  'attention-sentence': AttentionSentence,
  'attention-tutorial': AttentionTutorial,
  'attention-hero': AttentionHero,
  'attention-problems': AttentionProblems,
  'attention-intuition': AttentionIntuition,
  'attention-matrix': AttentionMatrix,
  'attention-meaning': AttentionMeaning,
  'attention-training': AttentionTraining,
};

for (const [name, element] of Object.entries(ELEMENTS)) {
  if (!customElements.get(name)) customElements.define(name, element);
}
