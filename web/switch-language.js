// A reader who changes the language stays in the lesson: the links to the page's other languages take along what its
// address asks for.

document.addEventListener('click', ({ target }) => {
  if (!(target instanceof HTMLAnchorElement && target.matches('.languages a'))) return;
  const query = new URLSearchParams(location.search);
  const stay = new URLSearchParams(target.search).get('lang'); // in English, where the browser would rather have another
  query.delete('lang');
  if (stay) query.set('lang', stay);
  target.search = String(query);
});
