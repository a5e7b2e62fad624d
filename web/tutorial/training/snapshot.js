// The trained model that comes with the page: made by `npm run train`.

/** @param {import('../speaking.js').Speaking} speaker */
export async function fetchSnapshot(speaker) {
  const response = await fetch(new URL('./snapshot.bin', import.meta.url)).catch(() => undefined);
  if (!response?.ok) throw new Error(speaker.words('learn.noFile', { status: response ? `HTTP ${response.status}` : '' }));
  return new Uint8Array(await response.arrayBuffer());
}
