// Takes the place of languages.js in the classic script: each language is a classic script too, in locales/ beside this
// one. It hands its words over by a registry, so that a page may also name it itself, before this script or after.

export const names = ['ar', 'de', 'es', 'fr', 'ja', 'pt', 'zh'];

/** @type {Record<string, import('./languages.js').Words>} */
const registry = /** @type {any} */ (globalThis).attentionLanguages ??= {};
const beside = /** @type {HTMLScriptElement | null} */ (document.currentScript)?.src || document.baseURI;

/**
 * @param {string} name
 * @returns {Promise<import('./languages.js').Words>}
 */
export function loadWords(name) {
  if (registry[name]) return Promise.resolve(registry[name]);
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = new URL(`locales/${name}.js`, beside).href;
    script.onload = () => (registry[name] ? resolve(registry[name]) : reject(new Error(`${script.src} is not ours`)));
    script.onerror = () => reject(new Error(`${script.src} didn’t come`));
    document.head.append(script);
  });
}
