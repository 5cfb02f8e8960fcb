// People to tick or one to choose, [data-picker]: a search over the rows, a count, and groups that tick their people.
// Without this file the list is whole and the server adds the people of the groups itself.
for (const picker of document.querySelectorAll("[data-picker]")) {
  const find = picker.querySelector("[data-picker-find]");
  if (!find) continue;
  const only = picker.querySelector("[data-picker-only]");
  const count = picker.querySelector("[data-picker-count]");
  const none = picker.querySelector(".picker-none");
  const rows = [...picker.querySelectorAll(".picker-row")].map((element) => ({
    element,
    box: element.querySelector("input"),
    words: `${element.textContent} ${element.dataset.words ?? ""}`.toLowerCase(),
    groups: element.dataset.groups.split(" "),
  }));

  function show() {
    const wanted = find.value.toLowerCase().split(/\s+/);
    let shown = 0;
    for (const row of rows) {
      const fits = wanted.every((word) => row.words.includes(word)) && (!only?.checked || row.box.checked);
      row.element.hidden = !fits;
      if (fits) shown += 1;
    }
    none.hidden = shown > 0;
    tell(shown);
  }

  function tell(shown = rows.filter((row) => !row.element.hidden).length) {
    const chosen = rows.filter((row) => row.box.checked).length;
    count.textContent = count.dataset.words
      .replace("{chosen}", chosen).replace("{shown}", shown).replace("{all}", rows.length);
  }

  // A ticked group stays with the lesson; which of its people are expected, their own boxes say.
  const frame = document.querySelector(`[data-picker-groups="${picker.dataset.picker}"]`);
  const groups = [...(frame?.querySelectorAll("input[type=checkbox]") ?? [])];
  const members = (group) => rows.filter((row) => row.groups.includes(group.value));
  const picked = document.querySelector("input[type=hidden][name=picked]");

  function mirror() {
    for (const group of groups) {
      const all = members(group);
      const ticked = all.filter((row) => row.box.checked).length;
      if (all.length > 0 && ticked === 0) group.checked = false;
      group.indeterminate = !group.checked && ticked > 0;
    }
  }

  if (frame && picked) picked.value = "True";
  function tick(group) {
    for (const row of members(group)) row.box.checked = group.checked;
  }
  for (const group of groups) {
    group.addEventListener("change", () => {
      tick(group);
      mirror();
      tell();
    });
  }
  find.addEventListener("input", show);
  find.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // the form is not finished yet
  });
  only?.addEventListener("change", show);
  picker.addEventListener("change", (event) => {
    if (!event.target.matches(".picker-row input")) return;
    mirror();
    tell();
  });
  mirror();
  show();
}
