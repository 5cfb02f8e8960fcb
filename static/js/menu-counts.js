// Shows how much waits behind the entries of the menu and the bell. [data-counts] holds the names of what is counted;
// [data-counts-url] answers all numbers at once.
const menu = document.querySelector("[data-counts-url]");
const MOST_SHOWN = 99;
const EVERY = 60_000;
let asked = 0;

function part(className, text) {
  const span = document.createElement("span");
  if (className) span.className = className;
  else span.ariaHidden = "true";
  span.textContent = text;
  return span;
}

function show(counts) {
  for (const place of document.querySelectorAll("[data-counts]")) {
    const found = place.dataset.counts.split(" ").flatMap((name) => counts[name] ?? []);
    const number = found.reduce((sum, one) => sum + one.number, 0);
    const words = found.map((one) => one.text).join(", ");
    place.hidden = !number;
    const badge = number > MOST_SHOWN ? `${MOST_SHOWN}+` : String(number);
    place.replaceChildren(...(number ? [part("", badge), part("visually-hidden", `(${words})`)] : []));
  }
}

async function ask() {
  asked = Date.now();
  const headers = { Accept: "application/json", "X-Background": "1" };
  const answer = await fetch(menu.dataset.countsUrl, {
    headers,
    redirect: "manual",
    cache: "no-store",
    signal: AbortSignal.timeout(15_000),
  });
  if (!answer.ok) return;
  show(await answer.json());
}

// Without a network the numbers stay as they were; the next time comes soon.
const refresh = () => ask().catch(() => {});

if (menu) {
  refresh();
  setInterval(() => document.hidden || refresh(), EVERY);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() > asked + EVERY) refresh();
  });
}
