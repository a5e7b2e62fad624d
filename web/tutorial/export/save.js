// Saving what the reader sees: the figure as SVG or PNG, the numbers as CSV.

import { csv } from './csv.js';
import { raster } from './raster.js';
import { svgFigure } from './svg.js';

const PIXELS = 2; // PNG pixels for each unit of the SVG, so that it is sharp in print

/** @typedef {import('../views/cell.js').Context} Context */

/** @param {Context} context */
export function exportSvg(context) {
  return download(new Blob([svgFigure(context).text], { type: 'image/svg+xml' }), nameOf(context, 'svg'));
}

/** @param {Context} context */
export function exportCsv(context) {
  return download(new Blob([csv(context.model)], { type: 'text/csv' }), nameOf(context, 'csv'));
}

/** @param {Context} context */
export async function exportPng(context) {
  const canvas = raster(svgFigure(context).text, PIXELS);
  const blob = await new Promise((resolve) => { canvas.toBlob(resolve, 'image/png'); });
  if (!blob) throw new Error('no PNG');
  return download(/** @type {Blob} */ (blob), nameOf(context, 'png'));
}

/**
 * @param {Context} context
 * @param {string} ending
 */
function nameOf({ model, step }, ending) {
  return `attention-${model.lesson.id}-${model.preset.id}${ending === 'csv' ? '' : `-step-${step}`}.${ending}`;
}

/**
 * @param {Blob} blob
 * @param {string} name
 */
function download(blob, name) {
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  return name;
}
