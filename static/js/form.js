// Forms lose nothing: the list of errors takes the focus, a second click sends nothing twice,
// leaving a changed form asks first, and the other language keeps what was typed.
document.querySelector(".error-summary")?.focus();

const changed = new Set();

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guard]");
  if (form) changed.add(form);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if ("keepsEntries" in form.dataset) keepEntries();
  changed.delete(form);
  // What opens in a window of its own, or is saved, leaves this page as it is.
  if (form.method !== "post" || event.defaultPrevented || "download" in form.dataset || form.target === "_blank") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  for (const button of form.querySelectorAll("[type=submit]")) button.classList.add("is-sending");
});

addEventListener("beforeunload", (event) => {
  if ([...changed].some((form) => form.isConnected)) event.preventDefault();
});

// Coming back by the browser's button shows the page as it was left: it may be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll(".is-sending")) button.classList.remove("is-sending");
  }
});

// The next page of this tab is this one in the other language: the entries wait for it alone, and passwords, files and
// what the page hides do not, but for what the editor saw.
const WAITING = "entries";
const forms = () => [...document.querySelectorAll("main form.form[method=post]")];
const entries = (form) => [...form.elements].filter((field) =>
  field.name && field.matches("input:not([type=password], [type=file]), select, textarea")
  && (field.type !== "hidden" || field.name.endsWith("seen")));
const isBox = (field) => field.type === "checkbox" || field.type === "radio";

function valuesOf(field) {
  if (isBox(field)) return field.checked ? [field.value] : [];
  return field.matches("select") ? [...field.selectedOptions].map((option) => option.value) : [field.value];
}

function keepEntries() {
  const kept = forms().map((form) => ({
    typed: changed.has(form),
    values: entries(form).flatMap((field) => valuesOf(field).map((value) => [field.name, value])),
  }));
  sessionStorage.setItem(WAITING, JSON.stringify({ path: location.pathname, kept }));
  changed.clear();
}

function enter(form, { typed, values }) {
  for (const field of entries(form)) {
    const own = values.filter(([name]) => name === field.name).map(([, value]) => value);
    if (isBox(field)) field.checked = own.includes(field.value);
    else if (field.matches("select")) for (const option of field.options) option.selected = own.includes(option.value);
    else if (own.length === 1) field.value = own[0];
  }
  // Once all scripts listen.
  if (typed) addEventListener("DOMContentLoaded", () => form.dispatchEvent(new Event("input", { bubbles: true })));
}

const waiting = JSON.parse(sessionStorage.getItem(WAITING));
sessionStorage.removeItem(WAITING);
if (waiting?.path === location.pathname) {
  forms().forEach((form, place) => waiting.kept[place] && enter(form, waiting.kept[place]));
}
