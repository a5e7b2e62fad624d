import { css } from 'lit';

/** The tutorial on paper, and in colours that the reader's system dictates. */
export const mediaStyles = css`
  @media print {
    /* Whatever theme was chosen: paper is light. Tints, bars and shares are numbers too, so they're printed. */
    :host { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    :host([data-theme]) { color-scheme: light; }

    /* What can only be done on a screen goes; the words of all six steps come instead of those of one. */
    .choices, .switches, .stepper, .walk, .explanation, .practice, .inspector, .tools, .status { display: none; }
    .prose { display: block; }
    .work, .work.wide { display: block; min-height: 0; }
    .picture { break-inside: avoid; }
    .stage th.label a { min-height: 0; }
    .number.editable > span:last-child { text-decoration: none; }
    .number:is(.selected, .source, .active) { outline: 0; }
    .number.selected::before { content: none; }
  }

  @media (forced-colors: active) {
    /* A tint or a bar would vanish with its background: here they're drawn in the colour of text. */
    .bar .fill, .track i { forced-color-adjust: none; background: CanvasText; }
    .number.quiet .fill, .preview .bar .fill { opacity: 0.5; }
    .bar { border-color: CanvasText; }
    .bar .mark { forced-color-adjust: none; border-color: CanvasText; outline: 1px solid Canvas; }
    .resting i {
      forced-color-adjust: none; border-color: CanvasText;
      background: color-mix(in srgb, CanvasText calc(var(--tint) * 100%), Canvas);
    }
    .resting i.negative { background: repeating-linear-gradient(135deg, CanvasText 0 1px, Canvas 1px 3px); }
    .shares span + span { border-left: 1px solid CanvasText; }

    /* A border that is there but transparent, to keep its room, would show. */
    .number { border-color: Canvas; }
    .stepper a { border-bottom-color: Canvas; }
    .stepper a[aria-selected="true"] { border-bottom-color: Highlight; }

    .number.active { outline-color: Highlight; }
    .number.edited::after {
      forced-color-adjust: none; border-color: CanvasText CanvasText transparent transparent;
    }
  }
`;
