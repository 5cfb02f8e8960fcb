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

// A tap on a mark goes on at its reason. The arrow keys, which choose one mark after the other, stay among the marks.
let tapped = false;
document.addEventListener("pointerdown", () => { tapped = true; });
document.addEventListener("keydown", () => { tapped = false; });
document.addEventListener("change", (event) => {
  if (tapped && event.target.matches(".drawer-form [name=mark]")) event.target.form.elements.reason.focus();
});

document.addEventListener("htmx:afterSwap", (event) => {
  const link = event.detail.requestConfig?.elt?.closest("[data-drawer]");
  if (!link) return;
  event.detail.target.parentElement.hidden = false;
  link.setAttribute("aria-expanded", "true");
  if (link.dataset.drawer !== "jump") return;
  // A link of another row, "Next: …": the row that it opens comes into view, and the keyboard goes on there.
  const row = event.detail.target.closest("tbody");
  row.scrollIntoView({ block: "center" });
  const first = row.querySelector("input[type=radio]:checked") ?? row.querySelector("[data-drawer]");
  first.focus({ preventScroll: true });
});
