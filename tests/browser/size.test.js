// What the page loads, gzipped. Prints the table: `npm run size`.

import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { test } from 'node:test';
import { alive, launch, serve } from './harness.js';

const LIMIT = 100_000; // bytes

test('all that the page loads is at most 100 kB, gzipped', async (t) => {
  const [browser, site] = [await launch(), await serve()];
  t.after(async () => { await browser.close(); site.close(); });
  const page = await (await browser.newContext()).newPage();
  /** @type {Map<string, Promise<Buffer>>} */
  const bodies = new Map();
  page.on('response', (response) => bodies.set(new URL(response.url()).pathname, response.body()));
  await page.goto(site.url);
  await alive(page);
  for (let step = 1; step <= 6; step++) await page.locator('attention-tutorial [role=tab]').nth(step - 1).click();
  await page.locator('attention-training').scrollIntoViewIfNeeded(); // its worker, the model and its binary
  await page.locator('attention-training[status=ready]').waitFor();
  await page.locator('attention-training button.toggle').click();
  await page.locator('attention-training path.line').first().waitFor();
  await page.waitForLoadState('networkidle');
  const rows = await Promise.all([...bodies].map(async ([path, body]) =>
    ({ path, bytes: (await body).length, gzipped: gzipSync(await body, { level: 9 }).length })));
  rows.sort((a, b) => b.gzipped - a.gzipped);
  const total = rows.reduce((sum, { gzipped }) => sum + gzipped, 0);
  for (const { path, bytes, gzipped } of [...rows, { path: 'all', bytes: rows.reduce((sum, row) => sum + row.bytes, 0), gzipped: total }]) {
    console.log(`${path.padEnd(44)}${String(bytes).padStart(9)} bytes${String(gzipped).padStart(9)} gzipped`);
  }
  for (const part of ['attention.steps', 'transformer.relaxed', 'worker', 'snapshot']) {
    assert.ok(rows.some(({ path }) => path.includes(part)), `${part} was loaded`);
  }
  assert.ok(total <= LIMIT, `${total} bytes`);
});
