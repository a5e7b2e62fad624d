// The page at the root is English. A reader whose browser would rather have another of its languages is taken there,
// with what the address asks for; ?lang=en, as in the page's own links, stays. Nothing is kept about the reader.

(() => {
  const query = new URLSearchParams(location.search);
  const asked = query.get('lang');
  const ours = ['en', 'ar', 'de', 'es', 'fr', 'ja', 'pt', 'zh'];
  const name = (asked ? [asked] : navigator.languages).map((tag) => tag.slice(0, 2)).find((each) => ours.includes(each));
  if (!name || name === 'en') return;
  query.delete('lang');
  location.replace(`${name}/${query.size ? `?${query}` : ''}${location.hash}`);
})();
