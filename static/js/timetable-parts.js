// Pieces of which the cards and lists of the timetable are made.
const format = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long", month: "long", day: "numeric", timeZone: "UTC" });

// The day of a wall clock, which is that of the school.
export const dayInWords = (clock) => format.format(Date.parse(`${clock.slice(0, 10)}Z`));
export function dayAddress(day) {
  const address = new URL(location.href);
  address.searchParams.set("view", "day");
  address.searchParams.set("date", day);
  return address.href;
}

export const pageOf = (pattern, id) => pattern.replace("/0/", `/${id}/`);

export function made(tag, css, text) {
  const element = document.createElement(tag);
  element.className = css;
  if (text) element.textContent = text;
  return element;
}

export function signs(names) {
  return [...names].map((name) => document.getElementById(`sign-${name}`).content.firstElementChild.cloneNode(true));
}

// The letter says what the colour says.
export function mark({ mark: letter, hue, subject }) {
  if (!letter) return [];
  const chip = made("span", `tt-mark hue-${hue}`, letter);
  chip.setAttribute("aria-hidden", "true");
  return [made("span", "visually-hidden", subject), chip];
}
