import { css } from 'lit';

/** The tables of numbers: the stage in both directions, and the projections. */
export const stageStyles = css`
  table { border-collapse: separate; border-spacing: 0; font-size: 0.72rem; line-height: 1.25; }
  .stage, .projection table, .shares { direction: ltr; }
  .stage { width: 100%; table-layout: fixed; }
  th, td { padding: 0; font-weight: 400; }
  col.label { width: 7.1em; }
  col.dimension { width: 4.5em; }
  .long col.dimension { width: 6.2em; }
  .wide.many { font-size: 0.66rem; }
  th.label { color: var(--ink-soft); text-align: left; vertical-align: top; padding-top: 5px; }
  th.label .queries { color: var(--query-text); }
  th.label .keys { color: var(--key-text); }
  th.label a { color: inherit; text-decoration: none; display: inline-block; min-height: 24px; }
  th.label a:hover { color: var(--ink); text-decoration: underline; }
  th.dimension { vertical-align: middle; color: var(--ink-soft); font-size: 0.92em; text-align: right; padding-right: 0.5em; line-height: 1.1; overflow-wrap: anywhere; hyphens: auto; }
  thead th { padding: 0.2rem 0; vertical-align: bottom; }
  th.token { font: 600 1em var(--serif); overflow-wrap: anywhere; }
  @container (max-width: 56rem) {
    .wide { font-size: 0.66rem; }
    .wide th.token { font-size: 0.95em; }
    .wide col.label { width: 7.1em; }
    .wide.tailless col.tail { width: 0; }
  }
  .many th.token { font-size: 0.92em; }
  th.token.silent { color: var(--ink-soft); font-weight: 400; text-decoration: line-through; }
  th.token.current, th.lead { font: var(--slant, italic) 600 1.08em var(--serif); color: var(--query-text); }
  th.tail { font-weight: 600; }

  .number {
    position: relative; height: 26px; min-width: 24px; text-align: center; vertical-align: middle; cursor: default;
    font-variant-numeric: tabular-nums; border: 1px solid transparent; border-radius: 3px; background-clip: padding-box !important;
    --hue: var(--ink);
    background: color-mix(in oklab, var(--hue) calc(var(--tint) * var(--strength, 22%)), transparent);
  }
  .number > span:last-child { display: block; line-height: 26px; }
  .ghost {
    position: absolute; z-index: 3; display: grid; place-items: center; border-radius: 3px; --hue: var(--ink);
    background: color-mix(in oklab, var(--hue) var(--strength, 10%), var(--paper)); font-size: 0.72rem; font-variant-numeric: tabular-nums;
  }
  .ghost:is(.query, .key, .value) { --strength: 24%; }
  :is(.number, .ghost, .resting).query { --hue: var(--query); color: var(--query-text); }
  :is(.number, .ghost, .resting).key { --hue: var(--key); color: var(--key-text); }
  :is(.number, .ghost, .resting).value { --hue: var(--value); color: var(--value-text); }
  .number.plain { --strength: 12%; }
  /* Below zero: grey stripes in place of the tint, so that the sign shows without colour. */
  .number.negative {
    background: repeating-linear-gradient(135deg,
      color-mix(in oklab, var(--ink) calc(var(--tint) * 14%), transparent) 0 2px, transparent 2px 5px);
  }
  .number.quiet { --strength: 5%; color: var(--ink-soft); }
  .number.quiet .fill { opacity: 0.4; }
  .number.editable > span:last-child {
    text-decoration: underline; text-decoration-style: dotted; text-decoration-color: var(--outline);
    text-underline-offset: 0.28em; cursor: pointer;
  }
  .number.edited::after {
    content: ""; position: absolute; top: 2px; right: 2px; border: 4px solid; border-color: currentcolor currentcolor transparent transparent;
  }
  .number.source { outline: 2px dashed var(--ink-soft); outline-offset: -2px; }
  .number.active { outline: 2px solid var(--ink); outline-offset: -2px; }
  .number.selected::before {
    content: ""; position: absolute; inset: auto 15% 1px; border-bottom: 2px solid currentcolor;
  }
  .number:focus-visible { outline: 3px solid var(--query); outline-offset: 0; z-index: 1; }

  .resting { display: inline-flex; gap: 1px; max-width: calc(100% - 6px); vertical-align: middle; --hue: var(--ink); }
  .resting i {
    width: 9px; height: 12px; border: 1px solid var(--hairline);
    background: color-mix(in oklab, var(--hue) calc(var(--tint) * 60%), transparent);
  }
  .resting i.negative { background: repeating-linear-gradient(135deg, var(--outline) 0 1px, transparent 1px 3px); }

  .group td.blank { height: 26px; text-align: center; }
  .group.rest td.blank, .group.future td.blank { height: 24px; }
  .group.future th.label { opacity: 1; }
  .group.future td.blank::before { content: "·"; color: var(--hairline); }
  .group.room td.blank:not(:last-child) { border-bottom: 1px solid var(--hairline); }
  .group.lit tr:first-child > * { border-top: 1px solid var(--hairline); }
  .group.lit th.label a { color: var(--ink); font-weight: 600; }
  td.blank.note { color: var(--ink-soft); text-align: left; padding-left: 0.4em; }

  .bar { display: block; position: relative; height: 88px; margin: 6px auto 0; width: 60%; border-bottom: 1px solid var(--outline); }
  .bar .fill {
    position: absolute; inset: auto 0 0; height: calc(var(--share) / var(--full) * 100%); background: var(--weight); transform-origin: bottom;
    transition: height 150ms;
  }
  .bar .mark {
    position: absolute; left: -4px; right: -4px; bottom: calc(var(--share) / var(--full) * 100% - 3px); height: 6px;
    border: 1.5px solid var(--ink); border-radius: 2px;
  }
  .group.of-bar .number { background: none; }
  .group.of-bar th.label { vertical-align: bottom; }
  .group.of-bar tr.reference th.label { vertical-align: top; }

  .hollow { height: 26px; text-align: center; font-variant-numeric: tabular-nums; color: var(--ink-soft); }
  .hollow span { padding: 1px 4px; border: 1.5px solid var(--outline); border-radius: 2px; }

  .narrow.stage { table-layout: fixed; max-width: 34rem; margin-bottom: 0.8rem; }
  @container (max-width: 20rem) { .narrow { font-size: 0.64rem; } }
  .narrow col.names { width: 5.4em; }
  @container (max-width: 26rem) { .narrow:has(col:nth-child(9)) { font-size: 0.58rem; } }
  .narrow col.bars { width: 29%; }
  .narrow th.token, .narrow tbody th { text-align: left; padding-right: 0.3em; }
  .narrow thead .label { text-align: center; width: auto; }
  .narrow th.dimension { text-align: center; padding: 0; font-size: 0.85em; }
  .narrow td.number:has(.bar) { padding-left: 6px; display: grid; grid-template-columns: minmax(0, 1fr) 3.2em; align-items: center; background: none; }
  .narrow .number .bar { height: 12px; width: 100%; margin: 0; border: 0; border-left: 1px solid var(--outline); }
  .narrow .bar .fill { inset: 0 auto 0 0; width: calc(var(--share) / var(--full) * 100%); height: auto; transform-origin: left; }
  .narrow .bar .mark { inset: -2px auto -2px calc(var(--share) / var(--full) * 100% - 3px); width: 6px; height: auto; }
  .narrow .number > span:last-child { line-height: 24px; }
  .narrow .lead.queries th { color: var(--query-text); font-weight: 600; }
  .narrow .lead > *, .narrow .tail > * { border-bottom: 1px solid var(--hairline); }

  .projection table { width: 100%; table-layout: fixed; }
  .projection col.dimension { width: 4.9em; }
  .projection .long col.dimension { width: 5.6em; }
  .projection .long th.dimension { font-size: 0.78em; letter-spacing: -0.02em; }
  .projection th.dimension { text-align: center; padding: 0; }
  .projection tbody th.dimension { text-align: right; padding-right: 0.5em; }
  .projection tfoot th { text-align: right; padding: 5px 0.5em 0 0; }
  .projection tfoot > tr > * { border-top: 2px solid var(--outline); }
  .projection tbody td:nth-child(2) { border-right: 2px solid var(--outline); }

  .shares { display: flex; height: 30px; margin: 0.8rem 0 0.2rem; border: 1px solid var(--outline); overflow: hidden; }
  .shares span {
    flex: 0 0 calc(var(--share) * 100%); min-width: 0; overflow: hidden; line-height: 28px; text-align: center;
    white-space: nowrap; font-size: 0.72rem; background: color-mix(in oklab, var(--weight) 30%, transparent);
  }
  .shares span + span { box-shadow: inset 1px 0 var(--paper); }
  .shares span:nth-child(2n) { background: color-mix(in oklab, var(--weight) 18%, transparent); }
`;
