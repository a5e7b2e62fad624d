import { css } from 'lit';

/**
 * Nothing is inherited into the frame but whether it is seen; `all` spares the direction, which is the language's. Light
 * or dark as the page says; the ground is the element's own, since a page may be dark and not say so. A page that wants
 * it otherwise writes attention-tutorial::part(frame) { … }.
 */
export const frameStyles = css`
  :host { container-type: normal; min-width: 0; }
  [part="frame"] {
    all: initial; direction: ltr; display: block; box-sizing: border-box; visibility: inherit; color-scheme: inherit;
    container-type: inline-size; contain-intrinsic-inline-size: min(50rem, 90vw);
    --unit: 17px;
    padding: 0.8rem clamp(0.5rem, 2cqi, 1.2rem); background: var(--paper); color: var(--ink);
    font: 0.8rem/1.45 var(--sans);
  }
  :host(:dir(rtl)) [part="frame"] { direction: rtl; }
  :host([data-theme="light"]) [part="frame"] { color-scheme: light; }
  :host([data-theme="dark"]) [part="frame"] { color-scheme: dark; }

  @media print {
    :host [part="frame"], :host([data-theme]) [part="frame"] { color-scheme: light; padding: 0; --paper: #fff; }
  }
`;
