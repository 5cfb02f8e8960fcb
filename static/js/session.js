// Says before a session ends, so that nobody loses what they typed: [data-session] holds the seconds of inactivity
// and the seconds left in all. Other tabs of this browser keep the session open, too; they tell each other.
// A form with entries is sent only while the session of [data-person] is open: else they stay on the page. Whether it
// is open is asked where the page heard nothing of it for a minute; who fills in a form at once sends it at once.
const place = document.getElementById("session-ends");
const idle = Number(place?.dataset.idle) * 1000;
const left = Number(place?.dataset.left) * 1000;
const KNOWN_FOR = 60_000;
let opened = Date.now();
let used = opened;
// Why a form was not sent: "kept" after the session's end, "other" if somebody else has signed in.
let refusal = "";

const tabs = "BroadcastChannel" in window ? new BroadcastChannel("session") : null;

function keep(told = true) {
  used = Date.now();
  if (told) tabs?.postMessage("used");
}

// Two minutes before, or a third of a short limit.
const notice = (limit) => Math.min(120_000, limit / 3);

function show(name) {
  const ends = place.querySelector("[data-ends]");
  if (!name) {
    if (ends) place.replaceChildren();
    return;
  }
  if (ends?.dataset.ends === name) return;
  place.replaceChildren(document.getElementById(`session-${name}`).content.cloneNode(true));
}

function look() {
  const now = Date.now();
  if (refusal) show(refusal);
  else if (now >= used + idle || now >= opened + left) show("over");
  else if (now >= opened + left - notice(left)) show("last");
  else if (now >= used + idle - notice(idle)) show("idle");
  else show("");
}

async function stay(form) {
  const answer = await fetch(form.action, {
    method: "POST",
    headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
  });
  if (answer.status === 204) keep();
  else used = 0;
  look();
}

// Ask whose session is open here; "" if it is that of this page. A new session has a new token for forms.
async function findRefusal() {
  const answer = await fetch(place.dataset.state, { redirect: "manual", headers: { Accept: "application/json" } });
  if (answer.type === "opaqueredirect" || !answer.ok) return "kept";
  const { person, token } = await answer.json();
  if (String(person) !== place.dataset.person) return "other";
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
  if (refusal) opened = Date.now();
  keep();
  return "";
}

const typed = new WeakSet();
const checked = new WeakSet();
const checking = new WeakSet();

// Before the other scripts, which count what is sent.
async function hold(event) {
  const { target: form, submitter } = event;
  if ((form.method !== "post" && !form.hasAttribute("hx-post")) || form.target === "_blank" || !typed.has(form)) return;
  if (checked.delete(form)) return;
  if (!refusal && Date.now() < used + KNOWN_FOR) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (checking.has(form)) return;
  checking.add(form);
  // Without a network the browser itself says so.
  refusal = await findRefusal().catch(() => "");
  checking.delete(form);
  look();
  if (refusal) return;
  checked.add(form);
  form.requestSubmit(submitter);
  checked.delete(form);
}

if (place) {
  document.addEventListener("input", (event) => {
    const form = event.target.form ?? event.target.closest("form");
    if (form) typed.add(form);
  });
  document.addEventListener("submit", hold, true);
  tabs?.postMessage("used");
  tabs?.addEventListener("message", () => {
    keep(false);
    look();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && !event.detail.requestConfig.headers["X-Background"]) keep();
  });
  place.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    stay(event.target).catch(() => document.dispatchEvent(new Event("live:lost")));
  });
  setInterval(look, 1000);
  document.addEventListener("visibilitychange", look);
}
