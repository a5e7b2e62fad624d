// As much of an XML parser as a manifest takes. It refuses what isn't well-formed.

const ENTITIES = /** @type {Record<string, string>} */ ({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" });

/**
 * @typedef {{ namespace: string, name: string, value: string }} Attribute
 * @typedef {{ namespace: string, name: string, attributes: Attribute[], children: Element[], text: string }} Element
 */

/** @param {string} text */
const unescaped = (text) => {
  if (/[<]|&(?!\w+;)/.test(text)) throw new Error(`not well-formed: ${text}`);
  return text.replace(/&(\w+);/g, (_, name) => ENTITIES[name] ?? (() => { throw new Error(`no entity ${name}`); })());
};

/**
 * @param {string} source
 * @returns {Element} the root
 */
export function parseXml(source) {
  const tokens = /<\?xml [^>]*\?>\s*|<(\/?)([\w:.-]+)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  const found = /** @type {Element[]} */ ([]);
  const open = /** @type {{ element: Element, tag: string, scope: Record<string, string> }[]} */ ([]);
  let at = 0;
  for (const match of source.matchAll(tokens)) {
    const [all, closing, tag, attributes, empty, text] = match;
    at += all.length;
    const parent = open.at(-1);
    if (text !== undefined && parent) parent.element.text += unescaped(text);
    if (!tag) continue;
    if (closing) {
      if (open.pop()?.tag !== tag) throw new Error(`</${tag}> closes another`);
      continue;
    }
    const given = [...attributes.matchAll(/([\w:.-]+)="([^"]*)"/g)].map(([, name, value]) => ({ name, value: unescaped(value) }));
    const declared = given.filter(({ name }) => /^xmlns(:|$)/.test(name)).map(({ name, value }) => [name.slice(6), value]);
    const scope = { ...parent?.scope, ...Object.fromEntries(declared) };
    const qualified = (/** @type {string} */ name, usual = '') => {
      const [local, prefix] = name.split(':').reverse();
      if (prefix && !scope[prefix]) throw new Error(`no namespace ${prefix}`);
      return { namespace: prefix ? scope[prefix] : usual, name: local };
    };
    const element = {
      ...qualified(tag, scope['']), children: [], text: '',
      attributes: given.filter(({ name }) => !/^xmlns(:|$)/.test(name)).map(({ name, value }) => ({ ...qualified(name), value })),
    };
    (parent?.element.children ?? found).push(element);
    if (!empty) open.push({ element, tag, scope });
  }
  if (at !== source.length || open.length || found.length !== 1) throw new Error(`not well-formed near ${source.slice(at, at + 40)}`);
  return found[0];
}
