// On a phone the filters of a list wait behind a button, which says how many are set. A page that a filter draws anew
// leaves them open.
let open = false;

function show() {
  const set = new URLSearchParams(location.search);
  for (const button of document.querySelectorAll(".filters-toggle")) {
    const fields = button.form.querySelectorAll(":is(.filter:not(.filter-search), .layer-add) [name]");
    const names = new Set([...fields].map((field) => field.name).filter((name) => set.get(name)));
    button.form.classList.toggle("is-open", open);
    button.setAttribute("aria-expanded", open);
    button.querySelector(".filters-count").textContent = names.size ? `(${names.size})` : "";
  }
}

document.addEventListener("click", (event) => {
  if (!event.target.closest(".filters-toggle")) return;
  open = !open;
  show();
});
document.addEventListener("htmx:afterSettle", show);

// A page that holds its filters and arrives after more was entered is dropped, and asked for anew with all of it.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { requestConfig, shouldSwap, target } = event.detail;
  const form = requestConfig.elt;
  if (!shouldSwap || !form.matches(".filters") || !target.contains(form)) return;
  if ([...new FormData(form)].every(([name, value]) => requestConfig.formData.getAll(name).includes(value))) return;
  event.detail.shouldSwap = false;
  form.dispatchEvent(new Event("change"));
});
show();
