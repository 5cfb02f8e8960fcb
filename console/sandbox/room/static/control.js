// Knobs and faults by hand, through the same control interface that tests use.

async function send(path, body) {
  const response = await fetch(`/control/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  const notice = document.getElementById("notice");
  notice.hidden = answer.error_code === 0;
  notice.dataset.tone = "bad";
  notice.textContent = answer.error_msg;
  return answer.error_code === 0;
}

function position(field) {
  if (field.type === "number") return Number(field.value);
  return { true: true, false: false }[field.value] ?? field.value;
}

for (const field of document.querySelectorAll("[data-knob]")) {
  field.addEventListener("change", () => send("knobs", { [field.dataset.knob]: position(field) }));
}

document.getElementById("fault").addEventListener("submit", async (submitted) => {
  submitted.preventDefault();
  const wanted = Object.fromEntries(new FormData(submitted.target));
  if (await send("faults", { arm: { ...wanted, times: Number(wanted.times) } })) location.reload();
});

document.querySelector('[data-testid="clear"]').addEventListener("click", async () => {
  if (await send("faults", { clear: true })) location.reload();
});
