// A toast goes by itself, but not while somebody reads it with the pointer on it.
for (const toast of document.querySelectorAll('.toast')) {
  const leave = () => setTimeout(() => toast.matches(':hover') ? leave() : toast.remove(), 6000);
  leave();
}
