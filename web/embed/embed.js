// For pages that show embed.html in frames: gives each the height that it asks for. A classic script, for any page.
(() => {
  const frames = () => /** @type {NodeListOf<HTMLIFrameElement>} */ (document.querySelectorAll('iframe[src*="embed.html"]'));
  addEventListener('message', ({ source, data }) => {
    if (data?.type !== 'attention-wasm/resize' || !(data.height > 0 && data.height < 20_000)) return;
    for (const frame of frames()) if (frame.contentWindow === source) frame.style.height = `${data.height}px`;
  });
  for (const frame of frames()) frame.contentWindow?.postMessage({ type: 'attention-wasm/hello', version: 1 }, '*');
})();
