// attention-wasm/tutorial as a TypeScript program meets it. Compiled by tests/types.test.js, never run.

import { AttentionTutorial, defineAttentionTutorial } from '../../build/types/element/tutorial.js';
import type { TutorialChange, TutorialProgress, TutorialSnapshot } from '../../build/types/element/tutorial.js';

export async function use(): Promise<void> {
  defineAttentionTutorial();
  defineAttentionTutorial('my-tutorial');
  const tutorial: AttentionTutorial = document.createElement('attention-tutorial');
  tutorial.step = 3;
  tutorial.preset = null;
  tutorial.controls = 'stepper,mask';
  tutorial.edits = { 'keys[1,0]': 2 };
  await tutorial.ready;
  tutorial.goTo(2);
  const kept: TutorialSnapshot = tutorial.getState();
  tutorial.setState(JSON.parse(JSON.stringify(kept)));
  tutorial.setState({ step: 1, seen: [1] });
  await tutorial.setLesson({ format: 1 });
  const { right, complete, questions: [question] }: TutorialProgress = tutorial.progress;
  tutorial.addEventListener('attention-change', ({ detail }) => {
    const { type, state }: TutorialChange = detail;
    if (detail.type === 'answer') detail.expected.concat(String(detail.correct), detail.choice ?? '');
    // @ts-expect-error: only a step has one
    if (detail.type === 'edit') detail.step.toFixed();
    return [type, state.seen];
  });
  tutorial.addEventListener('click', (event) => event.clientX);
  // @ts-expect-error
  tutorial.mask = 'both';
  // @ts-expect-error
  tutorial.setState({ page: 1 });
  // @ts-expect-error: the figure's own to say
  tutorial.ready = Promise.resolve();
  if (complete) throw new Error(String([right, question?.expected.length]));
}
