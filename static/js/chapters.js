// Chapters of a recording: [data-seek] jumps to its second in #player.
const player = document.querySelector("#player");

for (const button of document.querySelectorAll("[data-seek]")) {
  button.addEventListener("click", () => {
    const to = () => {
      player.currentTime = Number(button.dataset.seek);
      player.play();
    };
    player.focus();
    if (player.readyState > 0) to();
    else {
      player.addEventListener("loadedmetadata", to, { once: true });
      player.load();
      player.play();
    }
  });
}
