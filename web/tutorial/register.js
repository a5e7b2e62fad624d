// The one place that registers elements, so that importing any other file has no side effect.

/** @param {Record<string, CustomElementConstructor>} elements by name; one that is there already stays */
export function register(elements) {
  for (const [name, element] of Object.entries(elements)) {
    if (!customElements.get(name)) customElements.define(name, element);
  }
}
