// A button with data-fullscreen="id" shows that part of the page alone; Escape brings the page back.
for (const button of document.querySelectorAll("[data-fullscreen]")) {
  const part = document.getElementById(button.dataset.fullscreen);
  if (!document.fullscreenEnabled) button.hidden = true;
  button.addEventListener("click", () => part.requestFullscreen());
}
