// Served into pages, ahead of their own scripts: keeps what goes wrong, since no driver tells it of every browser.
{
  const problems = /** @type {string[]} */ (Reflect.set(globalThis, 'problems', []) && Reflect.get(globalThis, 'problems'));
  addEventListener('error', (event) => {
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
