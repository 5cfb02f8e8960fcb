// The button of a card whose classroom is open: a form of its own that posts, as on the page of the lesson, and opens
// the classroom in a new window.
const words = document.getElementById("timetable").dataset;
const pattern = document.getElementById("sign-enter").content;

export function enterForm({ id, title }) {
  const form = pattern.cloneNode(true).firstElementChild;
  form.action = words.enter.replace("/0/", `/${id}/`);
  form.querySelector("[data-topic]").textContent = title;
  // A press here is not the beginning of a drag of the card.
  form.addEventListener("pointerdown", (event) => event.stopPropagation());
  return form;
}
