'use strict';
// Asks for the page again every second, and swaps the parts of it that have changed.
const parts = () => [...document.querySelectorAll('.live')];
const down = () => {
  const chat = document.querySelector('.chat');
  if (chat) chat.scrollTop = chat.scrollHeight;
};
async function refresh() {
  try {
    const answer = await fetch('/phone', { cache: 'no-store' });
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    for (const part of parts()) {
      const next = fresh.getElementById(part.id);
      if (next && next.innerHTML !== part.innerHTML) {
        part.replaceWith(next);
        if (next.querySelector('.chat')) down();
      }
    }
    document.body.classList.remove('gone');
  } catch (_) {
    document.body.classList.add('gone');
  }
}
down();
setInterval(refresh, 1000);
