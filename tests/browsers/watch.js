// Served into pages, ahead of their own scripts: keeps what goes wrong, since no driver tells it of every browser.
{
  const problems = /** @type {string[]} */ ([]);
  Reflect.set(globalThis, 'problems', problems);
  addEventListener('error', (event) => {
    // Not an error, though told like one: what changed in size while that was being told is told in the next frame.
    if (event instanceof ErrorEvent && event.message.startsWith('ResizeObserver loop')) return;
    const { src, href } = /** @type {any} */ (event.target) ?? {};
    problems.push(event instanceof ErrorEvent ? event.message : `not loaded: ${src ?? href}`);
  }, true);
  addEventListener('unhandledrejection', ({ reason }) => problems.push(`unhandled: ${reason}`));
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) =>
    problems.push(`${violatedDirective} forbids ${blockedURI} of ${sourceFile}`));
  const { error } = console;
  console.error = (...words) => {
    problems.push(words.join(' '));
    error.apply(console, words);
  };
}
