import { css } from 'lit';

/** What is special to the part of the page that trains; the rest it has from the figures. */
export const trainingStyles = css`
  :host { container-type: inline-size; }
  .seed { color: var(--ink-soft); }
  h3 { margin: 0 0 0.5rem; font: 600 1.15em/1.3 var(--serif); }
  section { margin-top: 1.6rem; padding-top: 1.2rem; border-top: 1px solid var(--hairline); }
  .said {
    min-height: 4.4em; max-width: 44rem; margin: 0 auto; font: 1rem/1.45 var(--serif); text-align: center;
    text-wrap: balance; align-content: center;
  }

  button.plain { color: var(--ink-soft); text-decoration-color: var(--outline); }
  button.plain:hover { color: var(--ink); }
  .toggle { min-width: 5.2em; }
  .restart { min-width: 6.6em; }
  .set { display: inline-flex; flex-wrap: wrap; gap: 0.5rem; }
  .row { justify-content: center; gap: 0.6rem 1.8rem; }
  .seed input { width: 5.5em; font-variant-numeric: tabular-nums; }

  .pair { display: grid; gap: 1.4rem; margin: 1.2rem 0; }
  .sentence { min-width: 0; text-align: center; }
  attention-sentence {
    --sentence-size: clamp(1.05rem, 2.6cqi, 1.3rem); --arc-room: 4rem; --line-room: 1.9rem; --arc-thickness: 20;
    --word-width: 1.6rem; /* room for the number of a short word */
  }
  .shares { display: flex; flex-wrap: wrap; justify-content: center; gap: 0 1.2em; margin-top: 0.6rem; }
  .share { white-space: nowrap; }
  .share .number { display: inline-block; min-width: 2.6em; font-weight: 600; text-align: start; }
  .note { min-height: 3em; max-width: 44rem; margin: 0.5rem auto 0; text-align: center; text-wrap: balance; }
  .count { margin-top: 1.2rem; text-align: center; font-variant-numeric: tabular-nums; }
  .trial .count { margin: 0; min-width: 9.5em; text-align: start; }

  .plots { display: grid; gap: 1rem 3rem; margin-top: 0.5rem; }
  .plot .head { display: flex; justify-content: space-between; gap: 1rem; }
  .plot .number { font-weight: 600; }
  .own, .frame, .axis { direction: ltr; } /* as the sentence, and time, run */
  .empty, .axis span { unicode-bidi: plaintext; }
  .frame {
    position: relative; display: grid; grid-template-columns: 3.2em minmax(0, 1fr); height: 7rem; margin-top: 0.5rem;
  }
  .ticks { position: relative; font-size: 0.85em; font-variant-numeric: tabular-nums; color: var(--ink-soft); }
  .ticks span { position: absolute; right: 0.6em; top: calc(var(--at) * 100%); translate: 0 -50%; }
  svg { display: block; width: 100%; height: 100%; overflow: visible; }
  svg path { fill: none; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
  .hairline { stroke: var(--hairline); stroke-width: 1; }
  .line { stroke: var(--ink); stroke-width: 1.5; }
  .line.dashed { stroke-dasharray: 5 4; }
  .dot { stroke: var(--ink); stroke-width: 6; stroke-linecap: round; }
  .empty {
    position: absolute; top: 42%; left: 54%; width: max-content; max-width: 80%; padding: 0 0.5em; background: var(--paper);
    text-align: center; translate: -50% -50%;
  }
  .axis {
    display: flex; justify-content: space-between; margin: 0.3rem 0 0 3.2em; font-size: 0.85em;
    font-variant-numeric: tabular-nums;
  }
  .lines { display: flex; flex-wrap: wrap; gap: 0 1.5em; margin-inline-start: 3.2em; font-size: 0.9em; }
  .lines span::before {
    content: ""; display: inline-block; width: 2em; margin-inline-end: 0.5em; border-top: 2px solid var(--ink);
    vertical-align: middle;
  }
  .lines .dashed::before { border-top-style: dashed; }

  .own { font: 1.1rem/2.1 var(--serif); text-align: center; }
  .own input {
    width: 6.5em; min-height: 1.7em; padding: 0 0.3em; border: solid var(--outline); border-width: 0 0 1px; background: none;
    color: inherit; font: inherit; font-style: italic; text-align: center;
  }
  @supports (field-sizing: content) { .own input { width: auto; min-width: 4.5em; field-sizing: content; } }
  .problem { min-height: 1.45em; text-align: center; font-weight: 600; }
  .adjectives { display: flex; justify-content: center; margin-bottom: 0.6rem; }

  .segments { display: flex; border-bottom: 1px solid var(--hairline); gap: 0.2rem 1.4rem; padding-bottom: 0.6rem; }
  .question { max-width: 44rem; margin: 1rem 0 0.7rem; font: 1rem/1.5 var(--serif); }
  .answers { margin-bottom: 1rem; }
  .trial > .row { justify-content: start; }
  .outcome { max-width: 44rem; font: 1rem/1.5 var(--serif); }
  .outcome p + p { margin-top: 0.6em; }
  .experiments > .soft { padding-block: 0.8rem; }

  @container (min-width: 780px) {
    .pair, .plots { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); column-gap: 3rem; }
  }
  @container (max-width: 480px) {
    .said { text-align: start; min-height: 7.3em; }
    .row, .adjectives { justify-content: start; }
    .note { text-align: start; min-height: 4.5em; }
  }
  @media print {
    .row, .adjectives, .problem, .open, .experiments, .own input { display: none; }
    .pair, .plots { break-inside: avoid; }
    .said, .note { min-height: 0; }
  }
  @media (forced-colors: active) {
    .hairline { stroke: GrayText; }
    .line, .dot { stroke: CanvasText; }
  }
`;
