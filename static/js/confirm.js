// A link [data-dialog="id"] leads to a page that asks; with this file the question opens in place.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener && !event.ctrlKey && !event.metaKey) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (!dialog?.showModal) return;
    event.preventDefault();
    dialog.showModal();
    return;
  }
  const closer = event.target.closest("[data-close-dialog]");
  if (closer) {
    event.preventDefault();
    closer.closest("dialog").close();
  }
});

// A click on the darkened page around it is a "no".
document.addEventListener("pointerdown", (event) => {
  if (event.target.matches("dialog[open]")) event.target.close();
});
