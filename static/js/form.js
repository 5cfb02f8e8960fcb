// Forms lose nothing: the list of errors takes the focus, a second click sends nothing twice,
// and leaving a changed form asks first.
document.querySelector(".error-summary")?.focus();

const changed = new Set();

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guard]");
  if (form) changed.add(form);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
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
