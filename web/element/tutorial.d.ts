/**
 * attention-wasm/tutorial: `<attention-tutorial>`, the six steps of attention as an element for any page.
 * @module attention-wasm/tutorial
 */

/** What the reader can change; `null` is what the lesson says. */
export interface TutorialState {
  /** A built-in lesson ("animal", "bank", "keys", "umbrella"), one given to setLesson(), or an address on this site. */
  lesson: string;
  /** A version of the lesson. */
  preset: string | null;
  /** 1 to 6. */
  step: number;
  /** The index of the token that asks. */
  token: number | null;
  mask: 'none' | 'causal';
  /** What the scores are divided by. */
  divisor: number | null;
  /** What the scaled scores are multiplied by. */
  gain: number;
  /** What is added to them. */
  shift: number;
  /** Tokens that are switched to the other of on and off. */
  toggled: number[];
  /** Numbers by cells, such as `{ 'keys[1,0]': 2 }`. */
  edits: Record<string, number>;
  theme: 'auto' | 'light' | 'dark';
}

/** The last answer to a question, as it is remembered. */
export interface TutorialAnswer {
  /** The name of a choice; null: the reader asked to be told. */
  choice: string | null;
  correct: boolean;
  expected: string;
}

/** All that there is to be kept, as plain data. */
export interface TutorialSnapshot extends TutorialState {
  /** Steps that were shown. */
  seen: number[];
  /** By question: "1" to "6", or "q1" to "q12" for a lesson's own. */
  answers: Record<string, TutorialAnswer>;
}

export interface TutorialQuestion {
  id: string;
  step: number;
  text: string;
  choices: string[];
  /** The right one of the choices. */
  expected: string;
}

export interface TutorialProgress {
  steps: 6;
  seen: number[];
  questions: TutorialQuestion[];
  /**
   * In words; `choice` null: the reader asked to be told. An answer counts as it was given; where the numbers have changed
   * since, and the question has no such choice any more, `choice` isn't there.
   */
  answers: Record<string, { choice?: string | null, correct: boolean }>;
  /** How many of them were right. */
  right: number;
  /** Every step was seen, and every question answered. */
  complete: boolean;
}

/** What `attention-change` tells. */
export type TutorialChange = { state: TutorialSnapshot } & (
  | { type: 'ready' }
  | { type: 'edit' }
  | { type: 'step', step: number }
  | { type: 'theme', theme: TutorialState['theme'] }
  | { type: 'answer', question: string, step: number, choice: string | null, expected: string, correct: boolean }
);

/**
 * Each field of the state is a property, and an attribute written as in the page's address: `toggled="1.4"`,
 * `edits="keys.1.0*2"`. A value that can't be understood is replaced by the usual one, which the figure says.
 */
export interface AttentionTutorial extends TutorialState {}

export declare class AttentionTutorial extends HTMLElement {
  /**
   * The groups of controls that are shown, with commas between them: lesson preset words mask stepper walk question
   * practice edit inspector undo link save theme. null: all; "none": none.
   */
  controls: string | null;

  /** Whether the page's address holds the state (attribute `mirror-url`). */
  mirrorUrl: boolean;

  /** Whether a link to the page's address with the state in it shows the same; the reader can then copy one. */
  addressed: boolean;

  /** Resolves when numbers are shown; rejects where the core can't be run. */
  readonly ready: Promise<void>;

  /** How far the reader has come in the lesson. */
  readonly progress: TutorialProgress;

  /** @throws {TypeError} unless it is a whole number from 1 to 6 */
  goTo(step: number): void;

  getState(): TutorialSnapshot;

  /**
   * Shows what getState() gave, or changes a part of it.
   * @throws {TypeError} which names the field; then nothing has changed
   */
  setState(state: Partial<TutorialSnapshot>): void;

  /**
   * Shows a lesson: the object that a lesson file holds, or its text. It is checked like that of a stranger. From then on
   * the state can name it by its id.
   * @throws {Error} (rejects) a LessonError, with `field`, `expected` and `actual`
   */
  setLesson(lesson: unknown): Promise<void>;

  addEventListener(type: 'attention-change', listener: (this: AttentionTutorial, event: CustomEvent<TutorialChange>) => void,
    options?: boolean | AddEventListenerOptions): void;
  addEventListener<K extends keyof HTMLElementEventMap>(type: K,
    listener: (this: AttentionTutorial, event: HTMLElementEventMap[K]) => void, options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions): void;
}

/** Registers the element, once. Without a document, as on a server, it does nothing. */
export declare function defineAttentionTutorial(name?: string): void;

declare global {
  interface HTMLElementTagNameMap {
    'attention-tutorial': AttentionTutorial;
  }
}
