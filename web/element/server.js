// attention-wasm/tutorial where there is no document: nothing to draw on, nothing to register.

export class AttentionTutorial {}

export function defineAttentionTutorial() {}
