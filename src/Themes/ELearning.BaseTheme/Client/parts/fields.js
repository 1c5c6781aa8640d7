// A password can be looked at while it is written.
for (const button of document.querySelectorAll('.reveal')) {
  const input = button.previousElementSibling;
  const show = button.textContent;
  button.hidden = false;
  button.setAttribute('aria-controls', input.id);
  button.addEventListener('click', () => {
    const shown = input.type === 'text';
    input.type = shown ? 'password' : 'text';
    button.textContent = shown ? show : button.dataset.hide;
  });
  // What is sent is a password again, so that browsers offer to keep it and nobody reads it over a shoulder.
  input.form?.addEventListener('submit', () => { input.type = 'password'; });
}

// <field check="/address">: asks, when somebody pauses, what is wrong with what they wrote. Sending the form checks it again.
for (const input of document.querySelectorAll('[data-check]')) {
  let pause, asked;
  input.addEventListener('input', () => {
    clearTimeout(pause);
    pause = setTimeout(async () => {
      asked?.abort();
      asked = new AbortController();
      const value = input.value;
      try {
        const address = new URL(input.dataset.check, location.href);
        address.searchParams.set('value', value);
        const answer = await fetch(address, { signal: asked.signal });
        if (answer.ok) say(input, value === '' ? null : (await answer.json()).problem);
      } catch (error) { if (error.name !== 'AbortError') say(input, null); }
    }, 350);
  });
}

function say(input, problem) {
  const field = input.closest('.field');
  const id = `${input.id}-error`;
  let line = document.getElementById(id);
  if (!line) {
    line = Object.assign(document.createElement('p'), { id, className: 'error' });
    line.setAttribute('aria-live', 'polite');
    field.append(line);
    const described = input.getAttribute('aria-describedby');
    input.setAttribute('aria-describedby', described ? `${described} ${id}` : id);
  }
  line.textContent = problem ?? '';
  field.classList.toggle('wrong', problem != null);
  if (problem == null) input.removeAttribute('aria-invalid');
  else input.setAttribute('aria-invalid', 'true');
}
