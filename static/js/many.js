// Ticking many rows of a list: one box for the page, Shift for a range, a count, and buttons that wait for one.
let last = null;

const boxes = () => [...document.querySelectorAll('input[type="checkbox"][form="many"]')];

function show() {
  const form = document.getElementById("many");
  if (!form) return;
  const all = boxes();
  const ticked = all.filter((box) => box.checked).length;
  const everything = form.querySelector("[data-many-everything]")?.checked ?? false;
  const page = form.querySelector("[data-many-all]");
  page.checked = all.length > 0 && ticked === all.length;
  page.indeterminate = ticked > 0 && ticked < all.length;
  const count = form.querySelector(".many-count");
  count.value = everything ? count.dataset.everything : ticked ? count.dataset.words.replace("{n}", ticked) : "";
  for (const button of form.querySelectorAll("button")) button.disabled = !everything && ticked === 0;
}

document.addEventListener("click", (event) => {
  const box = event.target;
  if (!box.matches?.('input[type="checkbox"][form="many"]')) return;
  const all = boxes();
  if (event.shiftKey && all.includes(last)) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const one of all.slice(from, to + 1)) one.checked = box.checked;
  }
  last = box;
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-many-all]")) for (const box of boxes()) box.checked = event.target.checked;
  show();
});

document.addEventListener("htmx:afterSettle", show);
document.addEventListener("live:updated", show);
addEventListener("pageshow", show);
show();
