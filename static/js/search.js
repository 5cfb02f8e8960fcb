// The search window: opened by [data-search-open], Ctrl+K or ⌘K. htmx fetches the results while one types; the arrow
// keys move through them, Enter opens one. Without this file the button leads to the page of the search.
const dialog = document.getElementById("search-window");
const input = document.getElementById("search-input");
const results = document.getElementById("search-results");

const options = () => [...results.querySelectorAll("[role=option]")];
const selected = () => results.querySelector("[aria-selected=true]");

function select(option) {
  selected()?.setAttribute("aria-selected", "false");
  if (!option) {
    input.removeAttribute("aria-activedescendant");
    return;
  }
  option.setAttribute("aria-selected", "true");
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const all = options();
  if (!all.length) return;
  const place = all.indexOf(selected());
  select(all[(place < 0 && step < 0 ? all.length - 1 : place + step + all.length) % all.length]);
}

function open() {
  if (!dialog.open) dialog.showModal();
  input.focus();
  input.select();
}

function refresh() {
  const any = options().length > 0;
  input.setAttribute("aria-expanded", String(any));
  results.setAttribute("role", any ? "listbox" : "status"); // so that "Nothing found" is read out
  select(any ? options()[0] : null);
}

if (dialog?.showModal) {
  if (navigator.platform.startsWith("Mac")) {
    for (const key of document.querySelectorAll("[data-search-key]")) key.textContent = "⌘K";
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-search-open]");
    if (!opener || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key?.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else if (!document.querySelector("dialog[open]")) open();
  });

  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (selected()) selected().click();
      else if (input.value.trim()) location.assign(`${dialog.dataset.page}?q=${encodeURIComponent(input.value)}`);
    }
  });

  // What was found for an earlier text is not opened by the Enter that follows a new one.
  input.addEventListener("input", () => select(null));
  // An answer that arrives after the text has changed is dropped: Enter would open its first result.
  results.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.requestConfig.parameters.q !== input.value) event.detail.shouldSwap = false;
  });
  results.addEventListener("htmx:afterSwap", refresh);
}
