// Messages: close one by its button. None closes by itself, so that nobody has to read fast.
// Also says in the same place when a part of the page could not be refreshed.
const region = () => document.getElementById("messages");

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-close-message]");
  if (button) button.closest(".flash").remove();
});

// What can be taken back for some seconds loses its button after them. The message stays.
for (const form of document.querySelectorAll("[data-undo]")) {
  setTimeout(() => {
    if (form.contains(document.activeElement)) form.parentElement.querySelector("[data-close-message]").focus();
    form.remove();
  }, Number(form.dataset.undo) * 1000);
}

function lost() {
  const template = document.getElementById("message-lost");
  if (!template || region().querySelector(".flash-lost")) return;
  region().append(template.content.cloneNode(true));
}

document.addEventListener("htmx:sendError", lost);
document.addEventListener("htmx:timeout", lost);
document.addEventListener("htmx:responseError", lost);
document.addEventListener("live:lost", lost);
document.addEventListener("live:reached", () => region()?.querySelector(".flash-lost")?.remove());
document.addEventListener("htmx:afterOnLoad", (event) => {
  if (event.detail.successful !== false && event.detail.xhr?.status < 400) {
    region()?.querySelector(".flash-lost")?.remove();
  }
});
