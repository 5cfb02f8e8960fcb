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
  if ("keepsEntries" in form.dataset) keepEntries(form);
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

// The other language loads this page anew. What was typed goes along with the choice and comes back once, in
// #kept-entries: neither passwords nor files, and of the hidden fields only what the editor saw and the state that a
// part of the page, [data-hidden-entries], keeps.
const MOST_CHARACTERS = 200_000;
const guarded = () => [...document.querySelectorAll("main form[data-guard][method=post]")];
const isBox = (field) => field.type === "checkbox" || field.type === "radio";
const entries = (form) => [...form.elements].filter((field) =>
  field.name && field.matches("input:not([type=password], [type=file], [type=submit], [autocomplete=one-time-code]), select, textarea")
  && (field.type !== "hidden" || /(^|-)seen(_|$)/.test(field.name) || field.closest("[data-hidden-entries]")));

function valuesOf(field) {
  if (isBox(field)) return field.checked ? [field.value] : [];
  return field.matches("select") ? [...field.selectedOptions].map((option) => option.value) : [field.value];
}

function keepEntries(language) {
  const kept = JSON.stringify(guarded().map((form) => ({
    action: form.getAttribute("action"),
    typed: changed.has(form),
    values: entries(form).flatMap((field) => valuesOf(field).map((value) => [field.name, value])),
  })));
  if (kept === "[]" || kept.length > MOST_CHARACTERS) return;
  language.append(hidden("entries", kept));
  changed.clear();
}

function hidden(name, value) {
  return Object.assign(document.createElement("input"), { type: "hidden", name, value });
}

function enter(form, { typed, values }) {
  const named = (name) => values.filter(([own]) => own === name).map(([, value]) => value);
  const fields = entries(form);
  for (const field of fields) {
    const own = named(field.name);
    if (isBox(field)) field.checked = own.includes(field.value);
    else if (field.matches("select")) for (const option of field.options) option.selected = own.includes(option.value);
    else if (own.length === 1) [field.value] = own;
  }
  const place = document.querySelector("[data-hidden-entries]");
  const shown = new Set(fields.map((field) => field.name));
  for (const [name, value] of values) {
    if (!place || shown.has(name)) continue;
    const field = hidden(name, value);
    field.setAttribute("form", form.id);
    place.append(field);
  }
  // Once all scripts listen.
  if (typed) addEventListener("DOMContentLoaded", () => form.dispatchEvent(new Event("input", { bubbles: true })));
}

for (const kept of JSON.parse(document.getElementById("kept-entries")?.textContent ?? "[]")) {
  const form = guarded().find((one) => one.getAttribute("action") === kept.action);
  if (form) enter(form, kept);
}
