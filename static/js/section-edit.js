// Sections that are edited in their place. htmx brings the form of a section into its .section-edit; "Cancel" takes it
// away again and returns to the link that opened it. Without this file the form has a page of its own.
document.addEventListener("click", (event) => {
  const cancel = event.target.closest("[data-edit-cancel]");
  if (!cancel) return;
  event.preventDefault();
  const section = cancel.closest("section");
  section.querySelector(".section-edit").replaceChildren();
  section.querySelector("[data-edit]").focus();
});
