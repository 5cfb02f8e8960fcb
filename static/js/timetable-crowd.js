// Lessons of one time in one column of the timetable, which is a day of a week or a lane of a day: as many as can be
// read stand beside each other, and of more there is one card, whose button opens their list.
import { dayAddress, dayInWords, made, mark, pageOf, signs } from "./timetable-parts.js";
import { enterForm } from "./timetable-enter.js";

const words = document.getElementById("timetable").dataset;
const dialog = document.getElementById("more");
const day = (one) => one.start.slice(0, 10);
const clocks = (start, end) => `${start.slice(11, 16)}–${end.slice(11, 16)}`;

// Lessons that all run at one moment; together they are a card.
function together(lessons) {
  const groups = [];
  for (const one of lessons) {
    const group = groups.find((some) => some.every((other) => one.start < other.end));
    if (group) group.push(one);
    else groups.push([one]);
  }
  return groups;
}

// Returns the lessons that stand alone, each with its columns, and the groups of one card each, with their column.
export function arrange(lessons, most) {
  const columns = Map.groupBy(lessons.flatMap((one) => (one.lanes ?? [day(one)]).map((column) => ({ one, column }))), ({ column }) => column);
  const alone = new Map(), crowds = [];
  const stand = (one, column) => alone.set(one, [...(alone.get(one) ?? []), column]);
  for (const [column, places] of columns) {
    const all = places.map(({ one }) => one).sort((a, b) => (a.start < b.start ? -1 : Number(a.start > b.start)));
    const running = (moment) => all.filter((one) => one.start <= moment && moment < one.end);
    const crowded = new Set([...new Set(all.map((one) => one.start))].map(running).filter((some) => some.length > most).flat());
    for (const one of all) if (!crowded.has(one)) stand(one, column);
    for (const group of together(all.filter((one) => crowded.has(one)))) {
      if (group.length > 1) crowds.push({ column, lessons: group });
      else stand(group[0], column);
    }
  }
  return { alone, crowds };
}

export function crowdEvent({ column, lessons }) {
  const start = lessons[0].start, end = lessons.map((one) => one.end).sort().at(-1);
  return {
    id: `crowd-${column}-${start}`, title: words.number.replace("{n}", lessons.length), start, end,
    resourceIds: [column], startEditable: false, classNames: ["is-crowd"], extendedProps: { crowd: lessons, start, end },
  };
}

// The card says what is wrong with any of them.
export function crowdButton({ title, extendedProps: { crowd, start, end } }, mover) {
  const button = made("button", "tt-more");
  button.type = "button";
  button.append(
    made("span", "visually-hidden", dayInWords(start)), made("strong", "", title), ...signs(new Set(crowd.flatMap((one) => one.signs))),
    made("time", "tt-time", clocks(start, end)),
  );
  button.addEventListener("click", () => showCrowd(crowd, `${dayInWords(start)}, ${clocks(start, end)} · ${title}`, mover));
  return button;
}

function showCrowd(lessons, title, mover) {
  document.getElementById("more-title").textContent = title;
  document.getElementById("more-list").replaceChildren(...lessons.map((one) => {
    const line = made("li", ""), link = made("a", "", one.title);
    link.href = pageOf(words.lesson, one.id);
    line.append(made("time", "tt-time", clocks(one.start, one.end)), ...mark(one), link, made("span", "tt-who", one.teacher), ...signs(one.signs));
    if (one.enter) line.append(enterForm(one));
    if (words.move && one.movable) line.append(mover(one));
    return line;
  }));
  const whole = document.getElementById("more-day");
  whole.href = dayAddress(day(lessons[0]));
  whole.hidden = !words.lane || Boolean(lessons[0].lanes);
  dialog.showModal();
}
