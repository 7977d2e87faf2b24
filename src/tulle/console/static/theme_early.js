/** Owns the first moment: the theme that was chosen is there before anything is drawn. No module, for those come later. */

try {
  const chosen = JSON.parse(localStorage.getItem("tulle:theme") || "null");
  if (chosen) document.documentElement.dataset.theme = chosen;
} catch {
  // As the system has it, then.
}
