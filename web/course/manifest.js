// imsmanifest.xml: what a package says of itself, in SCORM 1.2 (ADL Content Packaging 1.2) and SCORM 2004, 4th edition.
// The passing mark isn't part of it: a platform that knows one judges whoever pauses in the middle. The run-time does.

/** @import { Version } from './platform.js' */
/** @typedef {[name: string, attributes: Record<string, string>, ...children: (Node | string)[]]} Node */

const ENTITIES = /** @type {Record<string, string>} */ ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' });
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Text for XML and HTML, between tags or in quotes. @param {string} text */
export function escaped(text) {
  return text.replace(FORBIDDEN, '\ufffd').replace(/[&<>"]/g, (character) => ENTITIES[character]);
}

const KINDS = {
  '1.2': {
    schemaversion: '1.2',
    namespaces: {
      'xmlns': 'http://www.imsproject.org/xsd/imscp_rootv1p1p2',
      'xmlns:adlcp': 'http://www.adlnet.org/xsd/adlcp_rootv1p2',
    },
    type: 'adlcp:scormtype',
    sequencing: () => [],
    delivery: () => [],
  },
  '2004': {
    schemaversion: '2004 4th Edition',
    namespaces: {
      'xmlns': 'http://www.imsglobal.org/xsd/imscp_v1p1',
      'xmlns:adlcp': 'http://www.adlnet.org/xsd/adlcp_v1p3',
      'xmlns:adlseq': 'http://www.adlnet.org/xsd/adlseq_v1p3',
      'xmlns:adlnav': 'http://www.adlnet.org/xsd/adlnav_v1p3',
      'xmlns:imsss': 'http://www.imsglobal.org/xsd/imsss',
    },
    type: 'adlcp:scormType',
    /** One activity, to be entered by choosing it or by going on. @returns {Node[]} */
    sequencing: () => [['imsss:sequencing', {}, ['imsss:controlMode', { choice: 'true', flow: 'true' }]]],
    /** The page itself says when it is complete and passed; a platform that hears nothing must not assume it. @returns {Node[]} */
    delivery: () => [['imsss:sequencing', {},
      ['imsss:objectives', {}, ['imsss:primaryObjective', { objectiveID: 'answers', satisfiedByMeasure: 'false' }]],
      ['imsss:deliveryControls', { completionSetByContent: 'true', objectiveSetByContent: 'true' }]]],
  },
};

/**
 * @param {object} what
 * @param {Version} what.version
 * @param {string} what.id of letters, digits and hyphens: by it some platforms know a package again
 * @param {string} what.title
 * @param {string[]} what.files all in the package, but for the manifest; index.html is what is opened
 */
export function manifest({ version, id, title, files }) {
  const { schemaversion, namespaces, type, sequencing, delivery } = KINDS[version];
  /** @type {Node} */
  const root = ['manifest', { identifier: id, version: '1.0', ...namespaces },
    ['metadata', {}, ['schema', {}, 'ADL SCORM'], ['schemaversion', {}, schemaversion]],
    ['organizations', { default: 'lessons' },
      ['organization', { identifier: 'lessons' },
        ['title', {}, title],
        ['item', { identifier: 'lesson', identifierref: 'page', isvisible: 'true' }, ['title', {}, title], ...delivery()],
        ...sequencing()]],
    ['resources', {},
      ['resource', { identifier: 'page', type: 'webcontent', [type]: 'sco', href: 'index.html' },
        ...files.map((href) => /** @type {Node} */ (['file', { href }]))]]];
  return `<?xml version="1.0" encoding="UTF-8"?>\n${write(root)}\n`;
}

/**
 * @param {Node | string} node
 * @param {string} [indent]
 * @returns {string}
 */
function write(node, indent = '') {
  if (typeof node === 'string') return escaped(node);
  const [name, attributes, ...children] = node;
  const opening = name + Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`).join('');
  if (children.length === 0) return `${indent}<${opening}/>`;
  if (typeof children[0] === 'string') return `${indent}<${opening}>${children.map((child) => write(child)).join('')}</${name}>`;
  return `${indent}<${opening}>\n${children.map((child) => write(child, `${indent}  `)).join('\n')}\n${indent}</${name}>`;
}
