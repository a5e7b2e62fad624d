// How far a reader is, as a platform wants it: of what the package lets them reach.

/** @import { TutorialProgress } from '../element/tutorial.js' */
/** @typedef {{ asked: number, answered: number, right: number, share: number, complete: boolean }} Sum */

/**
 * Without questions there is nothing to answer; without any means to walk, one step is all there is.
 * @param {TutorialProgress} progress
 * @param {{ step: number, walks: boolean, asks: boolean }} shown
 * @returns {Sum}
 */
export function reckon({ steps, seen, questions, answers }, { step, walks, asks }) {
  const reached = questions.filter((question) => asks && (walks || question.step === step));
  const given = reached.filter(({ id }) => answers[id]);
  const needed = walks ? steps : 1;
  const been = walks ? seen.length : Number(seen.includes(step));
  return {
    asked: reached.length,
    answered: given.length,
    right: given.filter(({ id }) => answers[id].correct).length,
    share: (been + given.length) / (needed + reached.length),
    complete: been === needed && given.length === reached.length,
  };
}
