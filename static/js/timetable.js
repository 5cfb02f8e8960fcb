// The timetable: the calendar of @event-calendar over the lessons that the server tells. Days, clocks and layers
// stand in the address. Times are those of the school's clock, whatever zone the browser is in.
import { addLink, adding, clock as clockAt, localDay } from "./timetable-add.js";
import { arrange, crowdButton, crowdEvent } from "./timetable-crowd.js";
import { enterForm } from "./timetable-enter.js";
import { dayAddress, dayInWords, made, mark, pageOf, signs } from "./timetable-parts.js";

const place = document.getElementById("timetable");
const words = place.dataset;
const status = document.getElementById("timetable-words");
const dialog = document.getElementById("move");
const phone = matchMedia("(max-width: 47.99rem)").matches;
// Who sees the lessons of others sees a day in lanes, for which a phone has no room.
const DAY_VIEW = words.lane ? "resourceTimeGridDay" : "timeGridDay";
// The agenda begins with its day and not with a Monday, so that a phone opens at today.
const VIEWS = { day: phone ? "listDay" : DAY_VIEW, week: "timeGridWeek", month: "dayGridMonth", agenda: "listWeek" };
const NAMES = Object.fromEntries(Object.entries(VIEWS).map(([name, view]) => [view, name]));
const first = VIEWS[words.view] ?? (phone ? VIEWS.agenda : VIEWS.week);
// So many lessons of one time can be read beside each other in a column; more are one card.
const BESIDE = { timeGridWeek: 2, timeGridDay: 6, resourceTimeGridDay: 2 };
// A slot of half an hour and a line of text, in pixels, and what a card needs besides the lines of its topic.
const SLOT = 48, LINE = 17, AROUND = 46;
// So many lessons are shown at a day of a month; a link to the day leads to the others.
const OF_A_DAY = 3;
// A longer legend waits for who opens it.
const OPEN_LEGEND = 16;

const layers = () => {
  const chosen = new URLSearchParams(location.search);
  for (const name of ["view", "date"]) chosen.delete(name);
  return chosen;
};

async function fetchLessons({ startStr, endStr }) {
  const asked = layers();
  asked.set("start", startStr.slice(0, 10));
  asked.set("end", endStr.slice(0, 10));
  try {
    const answer = await fetch(`${words.lessons}?${asked}`, { headers: { accept: "application/json" } });
    if (answer.redirected || !answer.ok) throw new Error(answer.status);
    const told = await answer.json();
    status.textContent = told.more ? words.more : "";
    calendar?.setOption("highlightedDates", told.holidays.map((free) => free.day));
    calendar?.setOption("allDaySlot", told.holidays.length > 0);
    const view = calendar?.getView().type ?? first;
    if (BESIDE[view]) calendar?.setOption("slotMinTime", clockOf(firstHour(told.lessons)));
    explain(told.legend);
    // Without a lane the calendar would show nothing, not even a holiday.
    const lanes = told.lanes.length ? told.lanes : [{ id: "", title: "" }];
    laneTitles = Object.fromEntries(lanes.map(({ id, title }) => [id, title]));
    calendar?.setOption("resources", lanes);
    return [...arranged(told.lessons, view), ...told.holidays.map((free) => holiday(free, lanes[0].id))];
  } catch {
    status.textContent = words.lost;
    return [];
  }
}

// Left to itself, the calendar begins its axis at the minute of the first lesson and labels from there. What lasts over
// midnight makes a day begin at 0.
const MORNING = 7;
const clockOf = (hour) => `${String(hour).padStart(2, "0")}:00`;
function firstHour(lessons) {
  const overnight = ({ start, end }) => start.slice(0, 10) !== end.slice(0, 10) && end.slice(11, 16) !== "00:00";
  return Math.min(MORNING, ...lessons.map((one) => overnight(one) ? 0 : Number(one.start.slice(11, 13))));
}

function arranged(lessons, view) {
  if (!BESIDE[view]) return view === VIEWS.month ? ofDays(lessons) : lessons.map(lesson);
  const { alone, crowds } = arrange(lessons, BESIDE[view]);
  return [...[...alone].map(([one, columns]) => ({ ...lesson(one), resourceIds: columns })), ...crowds.map(crowdEvent)];
}

function lesson({ id, title, start, end, ...more }) {
  return {
    id, title, start, end,
    startEditable: Boolean(words.move) && more.movable,
    classNames: [`hue-${more.hue}`, ...more.signs.map((sign) => `is-${sign}`)],
    extendedProps: { ...more, start, lesson: true },
  };
}

// Those that want a look are drawn first; the others of a full day of a month wait behind a link to it.
const urgent = (one) => one.signs.length > 0;
const urgentFirst = (lessons) => [...lessons.filter(urgent), ...lessons.filter((other) => !urgent(other))];

function ofDays(lessons) {
  const days = Map.groupBy(lessons, (one) => one.start.slice(0, 10));
  return [...days].flatMap(([day, all]) => {
    const most = all.length > OF_A_DAY + 1 ? OF_A_DAY : all.length;
    const shown = urgentFirst(all).slice(0, most).map(lesson);
    return most < all.length ? [...shown, rest(day, all.length - most)] : shown;
  });
}

function rest(day, number) {
  const last = `${day}T23:59:59`;
  const title = words.moreLink.replace("{n}", number);
  return { id: `rest-${day}`, title, start: last, end: last, startEditable: false, classNames: ["is-rest"], extendedProps: { rest: day } };
}

function holiday({ day, name }, lane) {
  return {
    id: `holiday-${day}`, title: name, start: day, end: day, allDay: true,
    resourceIds: [lane], startEditable: false, classNames: ["is-holiday"],
  };
}

function draw({ event, timeText, view }) {
  const { lesson: isLesson, start, teacher, lanes, movable, subject, enter } = event.extendedProps;
  if (event.extendedProps.rest) return { domNodes: [dayLink(event)] };
  if (event.extendedProps.crowd) return { domNodes: [crowdButton(event, mover)] };
  if (!isLesson) return event.title;
  const topic = made("a", "tt-topic", event.title);
  topic.href = pageOf(words.lesson, event.id);
  topic.title = [timeText, event.title, teacher, subject].filter(Boolean).join(" · ");
  if (BESIDE[view.type]) topic.style.webkitLineClamp = topicLines(event);
  // In the grid of a week the place of a lesson says when it ends. While it is dragged, its time is that of the place.
  const begins = event.display === "preview" ? clockAt(event.start) : start.slice(11, 16);
  const when = made("time", "tt-time", view.type.startsWith("list") ? timeText : begins);
  const head = made("span", "tt-head");
  head.append(made("span", "visually-hidden", dayInWords(start)), ...mark(event.extendedProps), when, ...signs(event.extendedProps.signs));
  // A list has no lanes, so it names the groups.
  const groups = words.lane === "group" && view.type === "listDay" ? (lanes ?? []).map((one) => laneTitles[one]) : [];
  const nodes = [head, topic, made("span", "tt-who", [teacher, ...groups].join(" · "))];
  if (enter) nodes.push(enterForm(event));
  if (words.move && movable) nodes.push(mover(event));
  return { domNodes: nodes };
}

// A topic is cut at the end of a line and never takes the place of the teacher.
function topicLines({ start, end }) {
  const height = (end - start) / 18e5 * SLOT;
  return Math.max(1, Math.floor((height - AROUND) / LINE));
}

function explain(legend) {
  const box = document.getElementById("timetable-legend");
  box.querySelector("ul").replaceChildren(...legend.map(({ mark: letter, hue, name }) => {
    const line = made("li", "");
    line.append(made("span", `tt-mark hue-${hue}`, letter), made("span", "", name));
    return line;
  }));
  box.hidden = legend.length === 0;
  // Once, so that who closed it finds it closed in the next week, too.
  if (legend.length && !box.dataset.shown) box.open = !phone && legend.length <= OPEN_LEGEND;
  if (legend.length) box.dataset.shown = "yes";
}

function dayLink(event) {
  const link = made("a", "tt-rest", event.title), day = event.extendedProps.rest;
  link.href = dayAddress(day);
  link.setAttribute("aria-label", `${event.title}, ${dayInWords(day)}`);
  return link;
}

// The page behind it asks for day and clock: the way of the keyboard, and of lessons that are folded.
function mover({ id, title }) {
  const link = made("a", "tt-move");
  link.href = `${pageOf(words.move, id)}?${new URLSearchParams({ back: location.search })}`;
  link.setAttribute("aria-label", `${words.wordMove}: ${title}`);
  link.title = words.wordMove;
  link.append(document.getElementById("sign-move").content.cloneNode(true));
  return link;
}

// Wall clocks are counted on as if they were UTC, so that no change of clocks of the browser's zone gets in.
function later(wallClock, { days = 0, seconds = 0 }) {
  const moved = new Date(Date.parse(`${wallClock}Z`) + days * 864e5 + seconds * 1e3).toISOString();
  return { day: moved.slice(0, 10), start: moved.slice(11, 16) };
}

// Another lane would be another teacher or group, which is changed in the form of the lesson.
const sameLane = ({ newResource }) => !newResource;

async function ask({ event, delta, revert, newResource }) {
  if (newResource) {
    revert();
    return;
  }
  const told = new URLSearchParams({ ...later(event.extendedProps.start, delta), back: location.search });
  const answer = await fetch(`${pageOf(words.move, event.id)}?${told}`, { headers: { "hx-request": "true" } });
  if (answer.redirected || !answer.ok) {
    revert();
    status.textContent = words.lost;
    return;
  }
  const body = document.getElementById("move-body");
  body.innerHTML = await answer.text();
  dialog.returnValue = "";
  dialog.addEventListener("close", () => { if (!body.querySelector("[data-sent]")) revert(); }, { once: true });
  dialog.showModal();
  (body.querySelector("[type=submit]") ?? body.querySelector("[data-close-dialog]")).focus();
}

function keep({ view, start, end }) {
  const name = NAMES[view.type];
  const address = new URL(location.href);
  const middle = new Date((start.getTime() + end.getTime()) / 2);
  const date = localDay(name === "month" ? middle : calendar?.getOption("date") ?? new Date(`${words.date}T00:00`));
  address.searchParams.set("view", name);
  address.searchParams.set("date", date);
  history.replaceState(history.state, "", address);
  for (const part of document.querySelectorAll("[data-of-day]")) part.hidden = name !== "day";
  for (const field of document.querySelectorAll("[data-keep]")) field.value = field.dataset.keep === "view" ? name : date;
  for (const link of document.querySelectorAll("[data-keeps]")) {
    const led = new URL(link.href);
    led.searchParams.set("view", name);
    led.searchParams.set("date", date);
    link.href = led;
  }
  const many = document.querySelector("[data-many-shown]");
  if (!many) return;
  const shown = new URL(many.action);
  shown.search = new URL(location.href).search;
  shown.searchParams.set("start", localDay(start));
  shown.searchParams.set("end", localDay(end));
  many.action = shown;
}

function names(text) {
  return {
    ...text, today: words.today, [VIEWS.day]: words.day, [VIEWS.week]: words.week, [VIEWS.month]: words.month, [VIEWS.agenda]: words.agenda,
    prev: words.prev, next: words.next, close: words.close,
  };
}

// The calendar calls its parts a table or a list, but lessons lie beside its cells: to a screen reader that is a
// broken table. Without those roles it reads the lessons one after the other, each with its day and time. The days of
// its list are headings of the fourth level below one of the second.
const ROLES = ["table", "rowgroup", "row", "cell", "columnheader", "list", "listitem"].map((name) => `[role=${name}]`).join();
function plain() {
  for (const part of place.querySelectorAll(ROLES)) {
    for (const name of ["role", "aria-colindex", "aria-rowindex"]) part.removeAttribute(name);
  }
  for (const day of place.querySelectorAll("h4:not([aria-level])")) day.setAttribute("aria-level", "3");
}
new MutationObserver(plain).observe(place, { childList: true, subtree: true, attributeFilter: ["role"] });

// A day is named with a way to add a lesson to it.
const dayFormat = (parts) => {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, parts);
  return (date) => ({ domNodes: [made("span", "", format.format(date)), ...(words.add ? [addLink(date)] : [])] });
};
const DAY = dayFormat({ weekday: "short", month: "numeric", day: "numeric" });
const special = {
  timeGridDay: { dayHeaderFormat: DAY },
  resourceTimeGridDay: { columnWidth: "minmax(8rem, 1fr)" },
  [VIEWS.month]: {
    dayHeaderFormat: { weekday: "short" },
    dayCellContent: ({ date }) => dayFormat({ day: "numeric" })(date),
  },
  [VIEWS.agenda]: { duration: { days: 7 }, titleFormat: { year: "numeric", month: "short", day: "numeric" } },
};

// The name of a lane, with a way to add a lesson to it.
function laneLabel({ resource }) {
  const shown = calendar?.getOption("date") ?? new Date(`${words.date}T00:00`);
  return { domNodes: [made("span", "", resource.title), ...(words.add ? [addLink(shown, resource)] : [])] };
}

const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
let calendar, laneTitles = {};
calendar = EventCalendar.create(place, {
  view: first,
  date: `${words.date}T00:00:00`,
  timeZone: words.zone,
  locale: document.documentElement.lang,
  firstDay: 1,
  headerToolbar: { start: "prev,next today", center: "title", end: Object.values(VIEWS).join() },
  buttonText: names,
  views: Object.fromEntries(Object.values(VIEWS).map((view) => [view, { buttonText: names, ...special[view] }])),
  eventSources: [{ events: fetchLessons }],
  lazyFetching: false,
  editable: Boolean(words.move),
  eventStartEditable: Boolean(words.move),
  eventDurationEditable: false,
  ...adding,
  dayHeaderFormat: DAY,
  listDayFormat: dayFormat({ weekday: "long" }),
  eventContent: draw,
  eventDrop: ask,
  dragConstraint: sameLane,
  resourceLabelContent: laneLabel,
  eventTimeFormat: clock,
  slotLabelFormat: clock,
  slotMinTime: clockOf(MORNING),
  slotMaxTime: "22:00",
  flexibleSlotTimeLimits: true,
  // Three lines, the time, the topic and the teacher, fit into 45 minutes.
  slotHeight: SLOT,
  snapDuration: "00:15",
  columnWidth: "minmax(6.5rem, 1fr)",
  allDaySlot: false,
  allDayContent: { domNodes: [] },
  slotEventOverlap: false,
  noEventsContent: words.none,
  nowIndicator: true,
  datesSet: keep,
});

// A layer is added as soon as it is chosen; a select that chose nothing leaves no trace in the address.
const form = document.querySelector("[data-layers]");
form?.addEventListener("change", () => form.requestSubmit());
form?.addEventListener("submit", () => {
  for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
});
