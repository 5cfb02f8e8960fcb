// People to tick, [data-picker]: a search over the rows, a count, and groups that tick their people.
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
    words: element.textContent.toLowerCase(),
    groups: element.dataset.groups.split(" "),
  }));

  function show() {
    const wanted = find.value.toLowerCase().split(/\s+/);
    let shown = 0;
    for (const row of rows) {
      const fits = wanted.every((word) => row.words.includes(word)) && (!only.checked || row.box.checked);
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

  // With script the boxes of the people say it all, so that one of a group can be left out again.
  const frame = document.querySelector(`[data-picker-groups="${picker.dataset.picker}"]`);
  const groups = [...(frame?.querySelectorAll("input") ?? [])];
  const members = (group) => rows.filter((row) => row.groups.includes(group.value));

  function mirror() {
    for (const group of groups) {
      const all = members(group);
      const ticked = all.filter((row) => row.box.checked).length;
      group.checked = all.length > 0 && ticked === all.length;
      group.indeterminate = ticked > 0 && ticked < all.length;
    }
  }

  for (const group of groups) {
    if (group.checked) for (const row of members(group)) row.box.checked = true;
    group.removeAttribute("name");
    group.addEventListener("change", () => {
      const ticks = group.checked;
      for (const row of members(group)) row.box.checked = ticks;
      mirror();
      tell();
    });
  }
  find.addEventListener("input", show);
  find.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // the form is not finished yet
  });
  only.addEventListener("change", show);
  picker.addEventListener("change", (event) => {
    if (!event.target.matches(".picker-row input")) return;
    mirror();
    tell();
  });
  mirror();
  show();
}
