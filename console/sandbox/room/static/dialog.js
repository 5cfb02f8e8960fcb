// One question with a confirmation; answers true or false.

export function asked(question, yes) {
  const dialog = document.getElementById("question");
  dialog.querySelector("p").textContent = question;
  const confirm = dialog.querySelector('[data-testid="confirm"]');
  confirm.textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
