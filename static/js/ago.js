// Counts on the ages that the server wrote, [data-ago="seconds"], by the time since they came:
// the clock of the reader's machine may be wrong, its speed is not. Words: data-ago-* of <body>.
const words = document.body.dataset;
const born = new WeakMap();

function say(seconds) {
  if (seconds < 60) return words.agoS.replace("{n}", seconds);
  if (seconds < 3600) return words.agoMin.replace("{n}", Math.floor(seconds / 60));
  if (seconds < 86400) return words.agoH.replace("{n}", Math.floor(seconds / 3600));
  return words.agoD.replace("{n}", Math.floor(seconds / 86400));
}

function tick() {
  for (const element of document.querySelectorAll("[data-ago]")) {
    if (!born.has(element)) born.set(element, performance.now());
    const since = Math.floor((performance.now() - born.get(element)) / 1000);
    const seconds = Number(element.dataset.ago) + since;
    if (since > 0) element.querySelector("time").textContent = say(seconds);
    const limit = element.dataset.staleAfter;
    element.classList.toggle("is-stale", limit !== "" && seconds > Number(limit));
  }
}

tick();
setInterval(tick, 1000);
