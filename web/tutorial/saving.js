// Taking the picture elsewhere: a link, an image, a table.

import { UrlMirror } from './url-mirror.js';
import { words } from './words.js';

/**
 * @param {import('./tutorial.js').AttentionTutorial} host
 * @param {() => import('./views/cell.js').Context} context
 * @param {(said: () => string) => void} say
 */
export function savers(host, context, say) {
  const save = (/** @type {'exportSvg' | 'exportPng' | 'exportCsv'} */ kind) => async () => {
    try {
      const exporters = await import('./export/save.js'); // few readers save, so it is loaded when one does
      const name = await host.speak(() => exporters[kind](context()));
      say(() => words('controls.saved', { name }));
    } catch (error) {
      console.error(error);
      say(() => words('controls.saveFailed'));
    }
  };
  return {
    copy: async () => {
      try {
        await navigator.clipboard.writeText(UrlMirror.address(host.store.state, host.id));
        say(() => words('controls.copied'));
      } catch {
        say(() => words('controls.copyFailed'));
      }
    },
    svg: save('exportSvg'),
    png: save('exportPng'),
    csv: save('exportCsv'),
  };
}
