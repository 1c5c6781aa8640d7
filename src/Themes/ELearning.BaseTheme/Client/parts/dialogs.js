// <button command="show-modal" commandfor="id"> opens a dialog by itself in browsers of 2025 and later; this is for older ones.
if (!('command' in HTMLButtonElement.prototype))
  addEventListener('click', event => {
    const button = event.target.closest?.('button[commandfor]');
    const dialog = button && document.getElementById(button.getAttribute('commandfor'));
    if (!(dialog instanceof HTMLDialogElement)) return;
    if (button.getAttribute('command') === 'show-modal') dialog.showModal();
    else dialog.close();
  });
