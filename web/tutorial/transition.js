// A change of step as a motion in which the old picture becomes the new one. Everything moves on copies laid over the
// finished picture, so that skipping, at any moment, is nothing but removing them.

const STAGGER = 90; // ms between one token and the next
const LATE = 2600; // when the source's own figures may appear, after those that are computed
const EASE = 'cubic-bezier(0.4, 0, 0.2, 1)';

export class Transition {
  /** @type {Animation[]} */ #animations = [];
  /** @type {HTMLElement[]} */ #ghosts = [];
  /** @type {Map<string, DOMRect>} */ #before = new Map();

  /** @param {ShadowRoot} root */
  constructor(root) {
    this.root = root;
  }

  get playing() { return this.#animations.length > 0; }

  /** Remembers where the rows are, before the picture changes. */
  capture() {
    this.#before = new Map(this.#rows().map((row) => [String(row.dataset.row), row.getBoundingClientRect()]));
  }

  /**
   * Plays the way into a step; resolves when it has ended or was skipped.
   * @param {number} from
   * @param {number} to
   */
  async play(from, to) {
    this.skip();
    if (calm()) return;
    if (to === from + 1 || from === to) SCENES[to]?.(this); // first, while all stands where it will end
    if (from !== to) this.#moveRows();
    const animations = this.#animations;
    await Promise.allSettled(animations.map(({ finished }) => finished));
    if (animations === this.#animations) this.#end();
  }

  skip() {
    for (const animation of this.#animations) animation.cancel();
    this.#end();
  }

  #end() {
    for (const ghost of this.#ghosts) ghost.remove();
    this.#ghosts = [];
    this.#animations = [];
  }

  #rows() {
    return /** @type {HTMLElement[]} */ ([...this.root.querySelectorAll('.stage [data-row]')]);
  }

  /** Rows that stay slide from their old place to the new one; new rows appear. */
  #moveRows() {
    for (const row of this.#rows()) {
      const old = this.#before.get(String(row.dataset.row));
      const now = row.getBoundingClientRect();
      if (!old) this.appear(row, row.classList.contains('reference') ? LATE : 0, 400);
      else if (Math.abs(old.top - now.top) > 1) {
        this.animate(row, [{ transform: `translateY(${old.top - now.top}px)` }, { transform: 'none' }], 0, 500);
      }
    }
    this.#before = new Map();
  }

  /** @param {string} cell a prefix of the names of the cells, such as "scores[" */
  cells(cell) {
    return /** @type {HTMLElement[]} */ ([...this.root.querySelectorAll(`.stage td[data-cell^="${cell}"]`)]);
  }

  /** @param {string} selector */
  inProjection(selector) {
    return /** @type {HTMLElement[]} */ ([...this.root.querySelectorAll(`.projection ${selector}`)]);
  }

  /**
   * @param {Element} element
   * @param {Keyframe[]} frames
   * @param {number} delay
   * @param {number} duration
   */
  animate(element, frames, delay, duration) {
    const animation = element.animate(frames, { delay, duration, easing: EASE, fill: 'backwards' });
    this.#animations.push(animation);
    return animation;
  }

  /**
   * @param {Element} element
   * @param {number} delay
   * @param {number} [duration]
   */
  appear(element, delay, duration = 300) {
    this.animate(element, [{ opacity: 0 }, { opacity: 1 }], delay, duration);
  }

  /**
   * A copy of a number travels from one place to another, and is gone when it has arrived.
   * @param {HTMLElement} from
   * @param {HTMLElement} to
   * @param {number} delay
   * @param {number} [duration]
   */
  fly(from, to, delay, duration = 600) {
    const layer = /** @type {HTMLElement} */ (this.root.querySelector('.ghosts'));
    const origin = layer.getBoundingClientRect();
    const [start, end] = [from, to].map(numberBox);
    const ghost = document.createElement('span');
    ghost.className = `ghost ${['query', 'key', 'value'].find((family) => from.classList.contains(family)) ?? ''}`;
    ghost.textContent = (from.textContent ?? '').trim();
    Object.assign(ghost.style, {
      left: `${start.left - origin.left}px`, top: `${start.top - origin.top}px`,
      width: `${start.width}px`, height: `${start.height}px`,
    });
    layer.append(ghost);
    this.#ghosts.push(ghost);
    const there = `translate(${end.left - start.left}px, ${end.top - start.top}px)`;
    const animation = ghost.animate([
      { transform: 'none', opacity: 0 },
      { transform: 'none', opacity: 1, offset: 0.1 },
      { transform: there, opacity: 1, offset: 0.9 },
      { transform: there, opacity: 0 },
    ], { delay, duration, easing: EASE, fill: 'both' });
    this.#animations.push(animation);
  }
}

/**
 * Where the number of a cell stands; a bar above it is no part of it.
 * @param {HTMLElement} cell
 */
function numberBox(cell) {
  const element = cell.querySelector('.bar') ? cell.querySelector(':scope > span:last-child') : cell;
  return /** @type {HTMLElement} */ (element).getBoundingClientRect();
}

/** Whether the reader has asked for less motion. */
export function calm() {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** What moves on the way into each step. @type {Record<number, (transition: Transition) => void>} */
const SCENES = {
  // the embedding runs over the matrix, column by column; each column gives one number of the query
  1(scene) {
    for (const [d, result] of scene.inProjection('[data-cell^="queries["]').entries()) {
      const delay = 200 + d * 700;
      const column = scene.inProjection(`[data-cell^="queryWeight["][data-cell$=",${d}]"]`);
      for (const [row, input] of scene.inProjection('[data-cell^="embeddings["]').entries()) {
        scene.fly(input, column[row], delay, 500);
        scene.fly(column[row], result, delay + 450, 350);
      }
      scene.appear(result, delay + 750);
      const target = scene.cells(String(result.dataset.cell))[0]; // a narrow stage shows the query here only
      if (!target) continue;
      scene.fly(result, target, delay + 900);
      scene.appear(target, delay + 1400);
    }
  },
  // each embedding, as a whole, falls into its token's key, and then into its value
  2(scene) {
    const embeddings = byToken(scene, 'embeddings');
    for (const [name, wait] of /** @type {[string, number][]} */ ([['keys', 0], ['values', 700]])) {
      const results = byToken(scene, name);
      for (const [place, [token, [first]]] of [...results].entries()) {
        for (const number of embeddings.get(token) ?? []) scene.fly(number, first, 300 + place * STAGGER + wait);
      }
      each(results, (to, place, _token, row) => scene.appear(to, 800 + place * STAGGER + row * 60 + wait));
    }
  },
  // the query slides over each key; the products appear, and fall together into one score
  3(scene) {
    const query = scene.cells('queries[');
    const scores = byToken(scene, 'scores');
    const delay = (/** @type {number} */ place) => 300 + place * STAGGER * 2;
    each(byToken(scene, 'keys'), (key, place, _token, d) => scene.fly(query[d], key, delay(place), 700));
    each(byToken(scene, 'products'), (product, place, token, d) => {
      scene.appear(product, delay(place) + 600);
      scene.fly(product, only(scores, token), delay(place) + 1000 + d * 110, 450);
    });
    each(scores, (score, place) => scene.appear(score, delay(place) + 1600));
  },
  // each score passes through the divisor; the bars to come show through
  4(scene) {
    const scores = byToken(scene, 'scores');
    each(byToken(scene, 'scaled'), (scaled, place, token) => {
      scene.fly(only(scores, token), scaled, 300 + place * STAGGER);
      scene.appear(scaled, 750 + place * STAGGER);
    });
    for (const bar of scene.cells('weights[')) scene.appear(bar, 1200, 500);
  },
  // each scaled score becomes an exponential, all add up, and the bars grow to their shares
  5(scene) {
    const scaled = byToken(scene, 'scaled');
    const [total] = scene.cells('sum[');
    each(byToken(scene, 'exponentials'), (exponential, place, token) => {
      const delay = 300 + place * STAGGER;
      scene.fly(only(scaled, token), exponential, delay);
      scene.appear(exponential, delay + 450);
      scene.fly(exponential, total, delay + 900);
    });
    scene.appear(total, 1500);
    for (const [place, weight] of scene.cells('weights[').entries()) {
      const [fill, number] = [weight.querySelector('.fill'), weight.querySelector(':scope > span:last-child')];
      if (fill) scene.animate(fill, [{ opacity: 0.3 }, { opacity: 1 }], 1700 + place * STAGGER, 600);
      if (number) scene.appear(number, 1700 + place * STAGGER, 500);
    }
    for (const share of scene.root.querySelectorAll('.shares > *')) scene.appear(share, 2300, 500);
  },
  // each value takes the size of its weight, and the rows add up to the new vector
  6(scene) {
    const values = byToken(scene, 'values');
    const output = scene.cells('output[');
    each(byToken(scene, 'contributions'), (contribution, place, token, e) => {
      const delay = 300 + place * STAGGER;
      scene.fly(/** @type {HTMLElement[]} */ (values.get(token))[e], contribution, delay);
      scene.appear(contribution, delay + 450);
      scene.fly(contribution, output[e], 1300 + place * STAGGER, 700);
    });
    for (const result of output) scene.appear(result, 2100, 500);
  },
};

/**
 * The cells of a group that the step is about, a list for each token.
 * @param {Transition} scene
 * @param {string} name
 * @returns {Map<string, HTMLElement[]>}
 */
function byToken(scene, name) {
  const columns = new Map();
  for (const cell of scene.cells(`${name}[`)) {
    const token = String(cell.dataset.cell).slice(name.length + 1).split(/[,\]]/)[0];
    columns.set(token, [...(columns.get(token) ?? []), cell]);
  }
  return columns;
}

/**
 * @param {Map<string, HTMLElement[]>} columns
 * @param {(cell: HTMLElement, place: number, token: string, row: number) => void} visit
 */
function each(columns, visit) {
  for (const [place, [token, cells]] of [...columns].entries()) {
    for (const [row, cell] of cells.entries()) visit(cell, place, token, row);
  }
}

/**
 * @param {Map<string, HTMLElement[]>} columns
 * @param {string} token
 */
function only(columns, token) {
  return /** @type {HTMLElement[]} */ (columns.get(token))[0];
}
