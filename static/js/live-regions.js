// Keeps a page up to date: regions [data-live="seconds"] with an id are replaced by those of the same address,
// all by one conditional request (If-None-Match, answered 304 where nothing changed).
// A region where somebody types, selects, edits a section or has the keyboard stays as it is until they are done. A
// hidden tab asks nothing, and a page without such a region, because all is final, no more. The server names the
// interval: short while something is pending.

// So many intervals, at most, lie between attempts while the console cannot be reached.
const SLOWEST = 8;

let timer = 0;
let factor = 1;
// The last time that each region was asked for; those of a page that just opened are new.
let since = performance.now();
const asked = new Map();
// The entity tag of the last answer, by the regions that it was asked for.
const tags = new Map();

const regions = () => [...document.querySelectorAll("[data-live][id]")].filter((one) => Number(one.dataset.live));
const wait = (one) => (asked.get(one.id) ?? since) + Number(one.dataset.live) * 1000 * factor - performance.now();

// What a region shows, without what differs each time it is drawn.
function shown(region) {
  const copy = region.cloneNode(true);
  for (const token of copy.querySelectorAll("[name=csrfmiddlewaretoken]")) token.remove();
  for (const age of copy.querySelectorAll("[data-ago]")) age.replaceWith(age.querySelector("time")?.dateTime ?? "");
  for (const details of copy.querySelectorAll("details")) details.open = false;
  return copy.innerHTML;
}

function inUse(region) {
  if (region.querySelector("dialog[open], details.menu[open], [popover]:popover-open, .section-edit form, .reveal-form, .revealed")) return true;
  const active = document.activeElement;
  if (region.contains(active) && active !== region) {
    if (active.matches("input, textarea, select") || (!active.id && !active.href)) return true;
  }
  const changed = (field) =>
    field.type === "checkbox" || field.type === "radio"
      ? field.checked !== field.defaultChecked
      : field.type !== "hidden" && field.value !== field.defaultValue;
  return (
    [...region.querySelectorAll("input, textarea")].some(changed) ||
    [...region.querySelectorAll("option")].some((one) => one.defaultSelected && !one.selected)
  );
}

function replace(old, fresh) {
  const active = old.contains(document.activeElement) ? document.activeElement : null;
  const same = active && (active.id ? `#${CSS.escape(active.id)}` : `a[href="${CSS.escape(active.getAttribute("href"))}"]`);
  // What somebody unfolded stays unfolded: what has an id, and the others where as many things are folded.
  for (const details of old.querySelectorAll("details[id]")) {
    const again = fresh.querySelector(`#${CSS.escape(details.id)}`);
    if (again) again.open = details.open;
  }
  const [folded, afresh] = [old, fresh].map((region) => [...region.querySelectorAll("details:not([id])")]);
  if (folded.length === afresh.length) folded.forEach((details, place) => (afresh[place].open = details.open));
  // A status is read out where its words change, so the element itself stays.
  if (old.getAttribute("role") === "status") {
    old.replaceChildren(...fresh.childNodes);
    if (fresh.dataset.live) old.dataset.live = fresh.dataset.live;
    else delete old.dataset.live;
  } else {
    old.replaceWith(fresh);
  }
  const now = document.getElementById(old.id);
  globalThis.htmx?.process(now);
  if (same) now.querySelector(same)?.focus({ preventScroll: true });
}

function update(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  let complete = true;
  let changed = false;
  for (const old of regions()) {
    const fresh = page.getElementById(old.id);
    if (!fresh || (shown(fresh) === shown(old) && fresh.dataset.live === old.dataset.live)) continue;
    if (inUse(old)) {
      complete = false;
      continue;
    }
    replace(old, document.importNode(fresh, true));
    changed = true;
  }
  if (changed) document.dispatchEvent(new CustomEvent("live:updated"));
  return complete;
}

async function ask() {
  const address = location.href;
  // Regions whose turn comes within a moment come along.
  const names = regions().filter((one) => wait(one) < 500).map((one) => one.id).join(",");
  for (const name of names.split(",")) asked.set(name, performance.now());
  try {
    const headers = { "X-Live": names, "X-Background": "1" };
    if (tags.has(names)) headers["If-None-Match"] = tags.get(names);
    const answer = await fetch(address, { headers, cache: "no-store", signal: AbortSignal.timeout(15_000) });
    const signIn = document.querySelector("meta[name=sign-in]")?.content;
    if (answer.redirected && new URL(answer.url).pathname === signIn) {
      location.reload();
      return;
    }
    if (answer.status !== 304 && !answer.ok) throw new Error(answer.status);
    const text = answer.status === 304 ? "" : await answer.text();
    if (address !== location.href) return;
    if (text) {
      tags.clear();
      if (update(text)) tags.set(names, answer.headers.get("ETag") ?? "");
    }
    factor = 1;
    document.dispatchEvent(new CustomEvent("live:reached"));
  } catch {
    factor = Math.min(factor * 2, SLOWEST);
    document.dispatchEvent(new CustomEvent("live:lost"));
  }
}

function plan() {
  clearTimeout(timer);
  const next = Math.min(...regions().map(wait));
  if (next < Infinity && !document.hidden) timer = setTimeout(() => ask().finally(plan), Math.max(0, next));
}

document.addEventListener("visibilitychange", () => {
  // Whoever comes back to the page sees what is new at once.
  factor = 1;
  since = -Infinity;
  asked.clear();
  plan();
});
// A filter of the list, which htmx applies, is another address with other regions.
document.addEventListener("htmx:afterSettle", () => {
  tags.clear();
  plan();
});
plan();
