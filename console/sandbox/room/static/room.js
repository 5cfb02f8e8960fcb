// The classroom: enter, be seen, act, leave.
import { OwnCamera } from "./camera.js";
import { asked } from "./dialog.js";
import { clockText, Members } from "./members.js";
import { Memory, prefill } from "./memory.js";
import { Refused, Service } from "./service.js";

const LOOK_EVERY = 1500;
const BEAT_EVERY = 20000;
const RETURN_WITHIN = 10000;
const NOT_INSIDE = 10226;
const EXPIRED = 10216;
const WRONG_PASSWORD = 10225;

const page = document.querySelector("main");
const phrases = JSON.parse(document.getElementById("phrases").textContent);
const find = (name) => document.querySelector(`[data-testid="${name}"]`);
const service = new Service(page.dataset.sdkappid, Number(page.dataset.classId));
const memory = new Memory(service.sdkappid, service.classId);
const camera = new OwnCamera();
const members = new Members(document.getElementById("members"), phrases, actOn);
let me = null;
let began = 0;
let timers = [];
// Until when a reloaded page may enter once more: the goodbye of the page before it may arrive after its entry.
let mayReturnUntil = 0;
let returning = false;

function say(text, tone = "info") {
  const box = document.getElementById("notice");
  box.textContent = text;
  box.dataset.tone = tone;
  box.hidden = !text;
}

function explain(error) {
  if (!(error instanceof Refused)) return phrases.unreachable;
  return phrases.refusals[error.code] || `${phrases.refused} ${error.message} (${error.code})`;
}

function showState(state) {
  page.dataset.state = state;
  find("status").textContent = phrases.status[state];
  const mayTeach = me && ["teacher", "assistant"].includes(me.role);
  find("start").hidden = !mayTeach || state !== "will";
  find("end").hidden = !mayTeach || state !== "ing";
  find("silence-all").hidden = !mayTeach;
}

async function look() {
  try {
    const told = await service.everybody();
    if (!me) return;
    const own = told.list.find((person) => person.user_id === me.user_id);
    if (own) me = { ...me, role: own.role, status: own.status };
    if (!own?.status.camera) camera.close();
    began = told.class_status === "ing" ? Date.now() - told.taught_seconds * 1000 : 0;
    members.show(told.list, me, told.taught_seconds, camera);
    showState(told.class_status);
    showButtons();
    document.getElementById("count").textContent = phrases.inside.replace("%s", told.list.length);
    if (document.getElementById("notice").dataset.tone === "lost") say("");
  } catch (error) {
    if (me) await lost(error);
  }
}

async function lost(error) {
  if (!(error instanceof Refused)) return say(phrases.unreachable, "lost");
  if (error.code === EXPIRED) return away(phrases.refusals[EXPIRED], { forget: true });
  if (error.code !== NOT_INSIDE) return say(explain(error), "bad");
  if (returning) return;
  if (Date.now() < mayReturnUntil) return comeBack();
  const state = await service.ofClass("class/info").then((told) => told.class_status, () => "");
  return away(state === "end" ? phrases.over : phrases.removed, { state });
}

async function comeBack() {
  mayReturnUntil = 0;
  returning = true;
  await join().catch((error) => away(explain(error)));
  returning = false;
}

async function join() {
  const password = document.getElementById("password").value;
  const joined = await service.ofClass("member/join", { password });
  memory.write(service.userId, service.token, password);
  return joined;
}

function showButtons() {
  for (const name of ["camera", "mic", "speaker"]) press(name, me.status[name]);
  press("hand", me.status.hand_up);
  document.getElementById("silenced").hidden = !me.status.silence;
}

function press(name, on) {
  const button = find(name);
  button.setAttribute("aria-pressed", on ? "true" : "false");
  button.querySelector(".word").textContent = phrases.buttons[name][on];
}

async function enter(logIn) {
  say("");
  find("enter").disabled = true;
  try {
    await logIn();
    const joined = await join();
    me = { user_id: service.userId, role: joined.role, status: { camera: 0, mic: 0, speaker: 0, hand_up: 0, silence: 0 } };
    document.getElementById("entry").hidden = true;
    document.getElementById("room").hidden = false;
    page.classList.add("inside");
    timers = [setInterval(look, LOOK_EVERY), setInterval(beat, BEAT_EVERY), setInterval(tick, 1000)];
    await look();
    if (me?.status.camera) await camera.open();
  } catch (error) {
    memory.forget();
    if (error.code === WRONG_PASSWORD) document.getElementById("password-row").hidden = false;
    say(explain(error), "bad");
  } finally {
    find("enter").disabled = false;
  }
}

function away(text, { state = "", forget = true } = {}) {
  timers.forEach(clearInterval);
  camera.close();
  me = null;
  began = 0;
  if (forget) memory.forget();
  page.classList.remove("inside");
  document.getElementById("entry").hidden = state === "end";
  document.getElementById("elapsed").textContent = "";
  document.getElementById("room").hidden = true;
  if (state) showState(state);
  say(text);
}

function beat() {
  service.ofClass("report/heartbeat").catch((error) => me && lost(error));
}

function tick() {
  document.getElementById("elapsed").textContent = began ? clockText((Date.now() - began) / 1000) : "";
}

async function act(work) {
  try {
    await work();
    say("");
  } catch (error) {
    say(explain(error), "bad");
  }
  if (me) await look();
}

async function toggle(name) {
  const on = find(name).getAttribute("aria-pressed") === "true";
  const event = name === "hand" ? (on ? "hand_down" : "hand_up") : `${name}_${on ? "close" : "open"}`;
  await act(() => service.report(event));
  if (name === "camera" && me) {
    await (me.status.camera ? camera.open() : camera.close());
    await look();
  }
}

async function actOn(kind, person) {
  const to = { user_id: person.user_id };
  if (kind === "kick" && !(await asked(phrases.askKick.replace("%s", person.nickname), phrases.kick))) return;
  if (kind === "silence") await act(() => service.report("slience", { ...to, silence: 1 - person.status.silence }));
  else await act(() => service.report(kind, to));
}

for (const name of ["camera", "mic", "speaker", "hand"]) find(name).addEventListener("click", () => toggle(name));

find("start").addEventListener("click", async () => {
  if (await asked(phrases.askStart, phrases.start)) await act(() => service.ofClass("class/start"));
});
find("end").addEventListener("click", async () => {
  if (await asked(phrases.askEnd, phrases.end)) await act(() => service.ofClass("class/stop"));
});
find("silence-all").addEventListener("click", () => act(() => service.report("all_silence", { silence: 1 })));
find("leave").addEventListener("click", async () => {
  await service.ofClass("member/quit").catch(() => null);
  away(phrases.left);
});

document.getElementById("entry").addEventListener("submit", (submitted) => {
  submitted.preventDefault();
  enter(() => service.login(document.getElementById("user-id").value.trim(), document.getElementById("token").value.trim()));
});
find("visit")?.addEventListener("click", () => enter(async () => {
  service.resume("", "");
  const visitor = await service.call("user/visitor/get", { nickname: document.getElementById("user-id").value.trim() });
  service.resume(visitor.user_id, visitor.token);
}));

// A closed tab is a person who left; a browser that dies is noticed by its silence.
window.addEventListener("pagehide", () => {
  if (me) service.ofClass("member/quit", {}, { keepalive: true }).catch(() => null);
});
window.addEventListener("pageshow", (shown) => shown.persisted && location.reload());

const given = prefill();
const kept = memory.read();
if (given.userId) document.getElementById("user-id").value = given.userId;
if (given.token) document.getElementById("token").value = given.token;
if (kept?.password) document.getElementById("password").value = kept.password;
// An address with both is a person whom a console sent here: they are in at once.
if (given.userId && given.token) {
  enter(() => service.login(given.userId, given.token));
} else if (kept && (!given.userId || given.userId === kept.userId)) {
  enter(async () => {
    service.resume(kept.userId, kept.token);
    mayReturnUntil = Date.now() + RETURN_WITHIN;
  });
}
