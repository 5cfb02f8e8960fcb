// Ways from the timetable to the form of a new lesson: a "+" at each day, and an empty slot that is clicked or dragged
// over. The form opens with the day and times, and with the teacher or group of the lane, or that the timetable shows
// alone; Cancel leads back to what it shows.
const place = document.getElementById("timetable");
const words = place.dataset;
const FILTERS = ["teacher", "group"];

const two = (number) => String(number).padStart(2, "0");
export const localDay = (at) => [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
export const clock = (at) => `${two(at.getHours())}:${two(at.getMinutes())}`;
const dayInWords = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long", month: "long", day: "numeric" });

// The lane of lessons without a group has no key.
const NO_KEY = ["", "-"];

function address(told, lane) {
  const asked = new URLSearchParams({ ...told, back: location.search }), shown = new URLSearchParams(location.search);
  for (const name of FILTERS) if (shown.getAll(name).length === 1) asked.set(name, shown.get(name));
  if (lane && !NO_KEY.includes(lane.id)) asked.set(words.lane, lane.id);
  return `${words.add}?${asked}`;
}

export function addLink(date, lane) {
  const link = document.createElement("a"), day = words.wordAdd.replace("{day}", dayInWords.format(date));
  const label = lane?.title ? `${day}: ${lane.title}` : day;
  link.className = "tt-add";
  link.href = address({ day: localDay(date) }, lane);
  link.title = label;
  link.setAttribute("aria-label", label);
  link.append(document.getElementById("sign-add").content.cloneNode(true));
  // The filters may have changed since the day was drawn.
  link.addEventListener("click", () => { link.href = address({ day: localDay(date) }, lane); });
  return link;
}

// A slot is half an hour although lessons may be moved by a quarter: a click means the slot that it hits.
function clicked({ date, allDay, jsEvent, resource }) {
  if (jsEvent?.target?.closest?.("a, button")) return;
  const start = new Date(date);
  if (!allDay) start.setMinutes(start.getMinutes() < 30 ? 0 : 30);
  location.assign(address(allDay ? { day: localDay(start) } : { day: localDay(start), start: clock(start) }, resource));
}

function dragged({ start, end, allDay, resource }) {
  location.assign(address(allDay ? { day: localDay(start) } : { day: localDay(start), start: clock(start), end: clock(end) }, resource));
}

const button = document.querySelector("[data-adds]");
button?.addEventListener("click", () => { button.href = address({}); });

export const adding = words.add ? { selectable: true, dateClick: clicked, select: dragged } : {};
