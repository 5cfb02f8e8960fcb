// A button [data-copy="text"] puts the text on the clipboard and says so, also to a screen reader.
function fallback(button) {
  const field = button.closest(".copy")?.querySelector("input");
  field?.focus();
  field?.select();
  return field ? document.execCommand("copy") : false;
}

async function put(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    return true;
  } catch {
    return fallback(button); // no clipboard without HTTPS, or not allowed
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const done = await put(button);
  const status = button.parentElement.querySelector("[role=status]");
  status.textContent = done ? button.dataset.done : button.dataset.failed;
  button.classList.toggle("is-done", done);
  setTimeout(() => {
    status.textContent = "";
    button.classList.remove("is-done");
  }, 4000);
});
