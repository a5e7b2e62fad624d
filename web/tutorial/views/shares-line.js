// One sentence of words for a row of weights: who gets most, and how much.

import { html } from 'lit';
import { percent } from '../format.js';
import { pieces, words } from '../words.js';

const LITTLE = 0.005; // a smaller share is said to be "< 1 %"

/**
 * "*it* gives 33 % of its attention to *animal*, 17 % to *tired*, 14 % to *street*." Ends with the first share
 * that is little, as all that follow would say the same, or with one that is the whole but for rounding.
 * @param {{
 *   tokens: { text: string, attended: boolean }[], current: number, weights: ArrayLike<number>,
 *   count?: number
 * }} row
 */
export function sharesLine({ tokens, current, weights, count = 3 }) {
  const word = (/** @type {number} */ index) => html`<em>${tokens[index].text}</em>`;
  const top = tokens.map((_, index) => index)
    .filter((index) => tokens[index].attended)
    .sort((a, b) => weights[b] - weights[a])
    .slice(0, count);
  if (!top.length) return pieces('shares.none', { token: word(current) });
  const [first] = top;
  const others = top.filter((index, place) =>
    place > 0 && weights[index] > 0 && weights[top[place - 1]] >= LITTLE && weights[first] < 1);
  return [
    pieces('shares.first', { token: word(current), share: percent(weights[first]), other: word(first) }),
    others.map((index) => pieces('shares.next', { share: percent(weights[index]), other: word(index) })),
    words('shares.end'),
  ];
}
