// Ctrl-K, or a slash where nobody is writing, goes to the search box; on a phone, where it is hidden, to its page.
addEventListener('keydown', event => {
  const slash = event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey && !isWriting(event.target);
  const control = event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  if (!slash && !control) return;

  const box = document.querySelector('main form[role="search"] input') ?? document.querySelector('form[role="search"] input');
  if (!box) return;
  event.preventDefault();
  if (box.checkVisibility()) { box.focus(); box.select(); }
  else location.assign(box.form.action);
});

// From a list of hits, the arrow keys go from one to the next.
addEventListener('keydown', event => {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const stops = [...document.querySelectorAll('main form[role="search"] input, .hits a')];
  const at = stops.indexOf(event.target);
  if (at < 0 || stops.length < 2) return;
  event.preventDefault();
  stops[Math.min(stops.length - 1, Math.max(0, at + (event.key === 'ArrowDown' ? 1 : -1)))].focus();
});

const isWriting = element => element.isContentEditable || /^(input|select|textarea)$/i.test(element.tagName);
