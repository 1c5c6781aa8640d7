// Asks the server what is wrong with a form while somebody fills it in. The server's rules are the only ones, and the
// form works without this.
for (const form of document.querySelectorAll("form[data-check-form]")) {
  const touched = new Set();
  let timer, asked = 0;

  form.addEventListener("input", event => {
    clearTimeout(timer);
    timer = setTimeout(() => check(event.target.name), 300);
  });
  form.addEventListener("focusout", event => {
    if (event.target.value) check(event.target.name);
  });

  async function check(name) {
    if (!name?.startsWith("Input.")) return;
    touched.add(name);
    const query = new URLSearchParams();
    for (const [key, value] of new FormData(form)) if (key.startsWith("Input.")) query.set(key.slice("Input.".length), value);
    const mine = ++asked;
    const answer = await fetch(`${form.dataset.checkForm}?${query}`).catch(() => null);
    if (!answer?.ok || mine !== asked) return;
    const mistakes = await answer.json();
    for (const field of touched) show(field, mistakes[field.slice("Input.".length)]);
  }

  function show(name, mistake) {
    const input = form.elements[name];
    const box = input instanceof Element ? input.closest(".field") : null;
    if (!box) return;
    const id = `${input.id}-error`;
    let line = document.getElementById(id);
    box.classList.toggle("wrong", Boolean(mistake));
    const described = (input.getAttribute("aria-describedby") ?? "").split(" ").filter(part => part && part !== id);
    if (mistake) {
      if (!line) {
        line = Object.assign(document.createElement("p"), { id, className: "error" });
        box.append(line);
      }
      line.textContent = mistake;
      input.setAttribute("aria-invalid", "true");
      described.push(id);
    } else {
      line?.remove();
      input.removeAttribute("aria-invalid");
    }
    if (described.length > 0) input.setAttribute("aria-describedby", described.join(" "));
    else input.removeAttribute("aria-describedby");
  }
}
