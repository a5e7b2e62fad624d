import { arithmeticStyles } from '../views/arithmetic.js';
import { mediaStyles } from './media.js';
import { controlStyles, resetStyles } from './shared.js';
import { stageStyles } from './stage.js';
import { css } from 'lit';

/** The tutorial around its stage: choices, steps, panel, inspector, tools. */
const frame = css`
  :host { display: block; font: 0.8rem/1.45 var(--sans); color: var(--ink); text-underline-offset: 0.2em; container-type: inline-size; }
  :host([data-theme="light"]) { color-scheme: light; }
  :host([data-theme="dark"]) { color-scheme: dark; }
  .word { font-style: var(--slant, italic); }
  sub, sup { font-size: 0.72em; line-height: 1; }
  .note, .status { color: var(--ink-soft); }
  .status { padding: 0.6rem 0; }
  .back, h2 + p { padding-bottom: 0.5rem; }
  .back a { display: inline-block; min-height: 24px; color: inherit; }
  input[type="range"] { min-height: 24px; margin: 0; accent-color: var(--ink); }
  .choices { padding-bottom: 0.5rem; }
  .about { color: var(--ink-soft); }
  .about[open] { flex-basis: 100%; }
  .about summary { min-height: 24px; cursor: pointer; }
  .about p { max-width: 78ch; padding-top: 0.3rem; }
  .choices > label { color: var(--ink-soft); }
  .choices select { color: var(--ink); max-width: 14rem; }
  .switches { justify-content: center; padding-bottom: 1rem; }

  attention-sentence { padding-bottom: 0.4rem; --sentence-size: clamp(1.05rem, 2.4cqi, 1.5rem); --arc-room: 5.5rem; --arc-thickness: 26; --word-width: 1.7rem; }

  .stepper { display: flex; border-block: 1px solid var(--hairline); }
  .stepper a {
    flex: 1 1 0; padding: 0.55rem 0.3rem; border-bottom: 3px solid transparent; color: var(--ink-soft);
    text-align: center; text-decoration: none; white-space: nowrap;
  }
  .stepper a:hover { color: var(--ink); }
  .stepper a[aria-selected="true"] { color: var(--ink); font-weight: 600; border-bottom-color: var(--ink); }
  @container (max-width: 26rem) { .stepper a { flex-basis: auto; padding-inline: 0.1rem; font-size: 0.74rem; } }
  .stepper .count { font-variant-numeric: tabular-nums; opacity: 0.9; }

  /* Wide: the stage at the left, words and controls beside it. Otherwise words, stage, controls, so that what a
     control changes stands right above it. */
  .work { display: grid; gap: 1.2rem 2rem; padding: 1rem 0 0.8rem; }
  .work.wide {
    grid-template: "picture explanation" auto "picture practice" 1fr / minmax(0, 1fr) minmax(15rem, 17.5rem);
    align-items: start; min-height: 33rem;
  }
  .explanation { grid-area: explanation; }
  .picture { grid-area: picture; }
  .practice { grid-area: practice; }
  .work.narrow, .work.wide.crowded {
    grid-template: "explanation" auto "picture" auto "practice" auto / minmax(0, 1fr); min-height: 0;
  }
  @container (max-width: 46rem) {
    .work.wide { grid-template: "explanation" auto "picture" auto "practice" auto / minmax(0, 1fr); min-height: 0; }
  }
  .work:is(.narrow, .crowded) .controls > * { max-width: 26rem; }
  .work { touch-action: pan-y pinch-zoom; } /* a swipe to the side turns the step */
  .picture { position: relative; min-width: 0; align-self: start; }

  .explanation, .practice { min-width: 0; font: 0.9rem/1.5 var(--serif); }
  h2, .explanation h3 { margin: 0 0 0.4rem; font: 600 1.2rem/1.2 var(--serif); }
  .explanation .note, .controls p + p { margin-top: 0.5em; }
  .controls { font: 0.8rem/1.45 var(--sans); }
  .question { padding-top: 0.7rem; margin-top: 0.9rem; border-top: 1px solid var(--hairline); }
  .question .ask { font-style: var(--slant, italic); }
  .question .ask .word { font-style: normal; }
  .answers { padding-top: 0.5rem; font: 0.8rem/1.45 var(--sans); }
  .answers button { padding-block: 0.1rem; text-align: start; }
  .question [role="status"] p { padding-top: 0.4rem; }
  .question strong { font-weight: 600; }
  .answers .right::before { content: "✓ "; }
  .again { color: var(--ink-soft); }

  .formula { margin: 0.9rem 0; font-size: 1.3em; }
  .formula mi { font-family: var(--serif); font-style: italic; text-transform: none; }
  .formula * { font-size: 1em; } /* as in page.css */
  .formula :is(msub, msup) > :nth-child(2) { font-size: 0.71em; }
  .formula .upright { font-style: normal; }
  .formula mo { font-size: 1.25em; }
  .formula .rest { color: var(--ink-soft); }
  .formula .lit { color: var(--ink); font-weight: 700; }
  .formula .query { color: var(--query-text); }
  .formula .key { color: var(--key-text); }
  .formula .value { color: var(--value-text); }

  .projection { margin: 0 0 1rem; }
  .projection figcaption { padding-bottom: 0.3rem; color: var(--ink-soft); }
  .projection .note { padding-top: 0.3rem; }
  .look { margin-bottom: 0.6rem; color: var(--ink-soft); }

  .sliders { display: grid; gap: 0.3rem; }
  .sliders label { display: grid; grid-template-columns: 4.5rem minmax(0, 1fr) 3.2rem; gap: 0.6rem; }
  .sliders output { text-align: end; font-variant-numeric: tabular-nums; color: var(--query-text); }
  .sliders.query input { accent-color: var(--query); }

  .divisor { display: grid; grid-template-columns: minmax(0, 1fr) 5rem; gap: 0.5rem 0.8rem; align-items: center; }
  .divisor > * { min-width: 0; }
  .divisor > label input { flex: 1; min-width: 0; }
  .divisor > p { grid-column: 1 / -1; }
  .marks { display: flex; flex-wrap: wrap; gap: 0.3rem; }
  .closeness { display: grid; gap: 0.2rem; }
  .track { height: 0.6rem; border: 1px solid var(--outline); }
  .track i { display: block; width: calc(var(--share) * 100%); height: 100%; background: var(--weight); }

  .experiments { gap: 0.4rem; }
  .experiments .note { flex-basis: 100%; }
  .sliders legend { display: block; padding: 0; }
  .silence legend { display: block; width: 100%; padding-bottom: 0.2rem; }

  .line { padding: 0.7rem 0; border-top: 1px solid var(--hairline); font: 1rem/1.45 var(--serif); text-align: center; text-wrap: balance; }
  .line em { font-style: var(--slant, italic); }
  .walk { display: flex; justify-content: center; flex-wrap: wrap; gap: 0.6rem; padding-top: 0.9rem; }
  .walk .replay { min-width: 8.5em; }
  .walk .next { min-width: 9.5em; }
  .legend { padding-top: 0.4rem; font-size: 0.9em; }
  .legend .mark { display: inline-block; width: 1.6em; height: 6px; border: 1.5px solid var(--ink); border-radius: 2px; vertical-align: middle; }
  .outcome { padding-top: 0.8rem; font: 1rem/1.45 var(--serif); }
  .walk button { min-height: 34px; padding-inline: 1rem; }

  .inspector {
    display: flex; flex-wrap: wrap; align-items: center; gap: 0.3rem 1.4rem;
    min-height: 3.4rem; padding: 0.5rem 0; border-block: 1px solid var(--hairline); background: var(--paper);
  }
  .inspector.busy { position: sticky; bottom: 0; z-index: 2; }
  .work * { scroll-margin-bottom: 8rem; } /* what gets the focus isn't behind it */
  .arithmetic { flex: 1 1 24rem; min-width: 0; }
  .editor { display: flex; flex-wrap: wrap; align-items: center; gap: 0.6rem; }
  .editor .slider { width: 11rem; }
  .editor .entry { width: 6.5rem; }
  .problem { flex-basis: 100%; font-weight: 600; }

  .tools { padding-top: 0.9rem; color: var(--ink-soft); }
  .tools .set { display: inline-flex; align-items: center; gap: 0.4rem; }
  .tools button:enabled, .tools select { color: var(--ink); }
  .said { flex-basis: 100%; min-height: 1.45em; }

  .prose { display: none; }
  .ghosts { position: absolute; inset: 0; pointer-events: none; overflow: visible; }

  @container (max-width: 45rem) {
    .stepper a { padding-inline: 0; }
    .stepper .count { display: block; }
    .switches { justify-content: start; }
    attention-sentence { --arc-room: 2.6rem; }
    .inspector { min-height: 5rem; align-content: start; }
    .editor .slider { flex: 1; width: auto; }
  }
`;

export const styles = [resetStyles, controlStyles, stageStyles, arithmeticStyles, frame, mediaStyles];
