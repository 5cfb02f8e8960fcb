// A link [data-drawer] opens the row below with what htmx fetches, and a second click closes it again.
document.addEventListener("htmx:beforeRequest", (event) => {
  const link = event.detail.elt.closest("[data-drawer]");
  if (!link) return;
  const row = document.getElementById(link.getAttribute("aria-controls")).parentElement;
  if (row.hidden) return;
  event.preventDefault();
  row.hidden = true;
  link.setAttribute("aria-expanded", "false");
});

document.addEventListener("htmx:afterSwap", (event) => {
  const link = event.detail.requestConfig?.elt?.closest("[data-drawer]");
  if (!link) return;
  event.detail.target.parentElement.hidden = false;
  link.setAttribute("aria-expanded", "true");
});
