import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withOwnUnits } from '../../web/own-units.js';

test('a rem becomes a share of the element\'s own unit, wherever it stands', () => {
  const cases = {
    'font: 0.8rem/1.45 var(--sans)': 'font: calc(0.8 * var(--unit))/1.45 var(--sans)',
    'margin: -0.5rem 1rem .2rem': 'margin: calc(-0.5 * var(--unit)) calc(1 * var(--unit)) calc(.2 * var(--unit))',
    'clamp(1.05rem, 2.4cqi, 1.5rem)': 'clamp(calc(1.05 * var(--unit)), 2.4cqi, calc(1.5 * var(--unit)))',
    '@container (max-width: 46rem) { a { top: 2rem; } }': '@container (max-width: 782px) { a { top: calc(2 * var(--unit)); } }',
    'const theorem = x1rem;': 'const theorem = x1rem;',
  };
  for (const [source, own] of Object.entries(cases)) assert.equal(withOwnUnits(source), own);
});
