// The trained model that comes with the page: made by `npm run train`.

import { words } from '../words.js';

export async function fetchSnapshot() {
  const response = await fetch(new URL('./snapshot.bin', import.meta.url)).catch(() => undefined);
  if (!response?.ok) throw new Error(words('learn.noFile', { status: response ? `HTTP ${response.status}` : '' }));
  return new Uint8Array(await response.arrayBuffer());
}
