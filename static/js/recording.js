// The player of a recording: #player is the large track, #beside the small one. Both show the same moment: data-start is
// the time of a track's first picture in Unix seconds. Links [data-play] put their track in the large player, [data-at]
// jumps to a time. Only cameras
// have sound (data-sound) where two tracks play. Without this file the links load the page with their track.
const player = document.querySelector("#player");
const beside = document.querySelector("#beside");
//: Seconds by which the small track may lag before it is set again.
const MAX_LAG = 0.7;
const startOf = (video) => (video && video.dataset.start ? Number(video.dataset.start) : null);
const shownAt = (video) => startOf(video) + video.currentTime;

// Positions that wait until a file is loaded, one for each video: a second load() would abort the first.
const pending = new WeakMap();

// Sets a position also where the file is not loaded yet.
const seek = (video, seconds) => {
  const position = Math.max(0, seconds);
  if (video.readyState > 0) {
    video.currentTime = position;
    return;
  }
  const loads = pending.has(video);
  pending.set(video, position);
  if (!loads) video.load();
};

// Chromium refuses to start by itself where nobody clicked before; the controls then stay on "play".
const start = (video) => video.play().catch(() => {});

const together = () => {
  if (!beside || beside.error || startOf(player) === null || startOf(beside) === null) return;
  const wanted = shownAt(player) - startOf(beside);
  if (wanted < 0 || (beside.duration && wanted > beside.duration)) {
    beside.pause();
    return;
  }
  beside.playbackRate = player.playbackRate;
  if (Math.abs(beside.currentTime - wanted) > MAX_LAG) seek(beside, wanted);
  if (player.paused) beside.pause();
  else if (beside.paused) start(beside);
};

const fill = (video, track) => {
  pending.delete(video);
  video.dataset.track = track.track;
  video.dataset.start = track.start;
  video.dataset.name = track.name;
  video.dataset.sound = track.sound;
  video.muted = Boolean(beside) && !track.sound;
  video.setAttribute("aria-label", track.name);
  video.src = track.src;
};

const show = (link) => {
  const at = shownAt(player);
  const running = !player.paused;
  const before = { ...player.dataset, src: player.getAttribute("src").split("#")[0] };
  if (beside && beside.dataset.track === link.dataset.track) {
    fill(beside, before);
    seek(beside, at - startOf(beside));
  }
  fill(player, { ...link.dataset, src: link.dataset.play });
  document.querySelector("#player-name").textContent = link.dataset.name;
  for (const one of document.querySelectorAll("[data-play]")) {
    const item = one.closest("li");
    if (one.dataset.track === link.dataset.track) item.setAttribute("aria-current", "true");
    else item.removeAttribute("aria-current");
  }
  history.replaceState(null, "", link.getAttribute("href"));
  seek(player, at - startOf(player));
  if (running) start(player);
};

if (player) {
  for (const video of [player, beside].filter(Boolean)) {
    video.addEventListener("loadedmetadata", () => {
      if (pending.has(video)) video.currentTime = pending.get(video);
      pending.delete(video);
    });
    video.addEventListener("error", () => pending.delete(video));
  }
  for (const name of ["play", "pause", "seeked", "ratechange", "timeupdate"]) player.addEventListener(name, together);
  if (!player.paused) together();

  for (const link of document.querySelectorAll("[data-play]"))
    link.addEventListener("click", (event) => {
      if (!link.dataset.start || startOf(player) === null) return;
      event.preventDefault();
      show(link);
    });

  for (const button of document.querySelectorAll("[data-at]"))
    button.addEventListener("click", () => {
      player.focus();
      seek(player, Number(button.dataset.at) - startOf(player));
      start(player);
    });
}
