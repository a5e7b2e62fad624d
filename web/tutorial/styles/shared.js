import { css } from 'lit';

/** How the style of each part of the page begins. */
export const resetStyles = css`
  [hidden] { display: none; }
  p { margin: 0; }
  .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  :focus-visible { outline: 3px solid var(--query); outline-offset: 2px; border-radius: 2px; }
`;

/** Buttons, fields and their labels. */
export const controlStyles = css`
  *, ::before, ::after { box-sizing: border-box; }
  button, select, input:is([type="number"], [type="text"]) {
    min-height: 28px; padding: 0.15rem 0.6rem; border: 1px solid var(--outline); border-radius: 3px;
    background: var(--paper); color: inherit; font: inherit;
  }
  button { cursor: pointer; }
  button:not(.plain):hover:enabled, select:hover { border-color: var(--ink); }
  button:disabled { color: var(--ink-soft); border-color: var(--hairline); cursor: default; }
  button[aria-pressed="true"] { border-color: var(--ink); box-shadow: inset 0 -2px var(--ink); color: var(--ink); }
  button.next:enabled { border-color: var(--ink); font-weight: 600; }
  button.plain { padding-inline: 0.2rem; border-color: transparent; text-decoration: underline; }
  button.plain:disabled { text-decoration: none; }
  input:is([type="checkbox"], [type="radio"]) { width: 1.1em; height: 1.1em; margin: 0; accent-color: var(--ink); }
  label { display: inline-flex; align-items: center; gap: 0.5em; min-height: 24px; }
  fieldset { display: inline-flex; flex-wrap: wrap; align-items: center; gap: 0.2rem 0.9rem; min-width: 0; margin: 0; padding: 0; border: 0; }
  legend:not(.unseen) { display: contents; color: var(--ink-soft); } /* floating, it would stand in a line of its own in WebKit */
  .row, .answers { display: flex; flex-wrap: wrap; align-items: center; gap: 0.4rem 1.6rem; }
  .answers { gap: 0.35rem; }

  @media (forced-colors: active) {
    button[aria-pressed="true"] { border: 2px solid Highlight; }
    button.next { border-width: 2px; }
    button.plain { border-color: Canvas; } /* transparent, as it is to keep its room, it would show */
  }
`;
