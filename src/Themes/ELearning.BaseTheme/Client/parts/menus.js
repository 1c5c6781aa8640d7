// A menu closes by Escape, and when somebody goes elsewhere.
const open = () => document.querySelector('details.menu[open]');

addEventListener('keydown', event => {
  const menu = open();
  if (event.key !== 'Escape' || !menu) return;
  menu.open = false;
  menu.querySelector('summary').focus();
});

for (const kind of ['pointerdown', 'focusin'])
  addEventListener(kind, event => {
    const menu = open();
    if (menu && !menu.contains(event.target)) menu.open = false;
  });
