// A button with data-print opens the browser's own printing, also where a filter drew it anew.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
// On paper nobody can open a table that is folded away.
window.addEventListener("beforeprint", () => {
  for (const table of document.querySelectorAll("details.chart-table")) table.open = true;
});
