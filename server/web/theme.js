/* Before the first paint: the look that was chosen here, else that of the system. Not a module, so that nothing flashes. */
for (const [name, key] of [
  ['theme', 'parlor.theme'],
  ['suits', 'parlor.suits'],
]) {
  const chosen = localStorage.getItem(key);
  if (chosen !== null) document.documentElement.dataset[name] = chosen;
}
