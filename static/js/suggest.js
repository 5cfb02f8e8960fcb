// An input that offers what fits while one types, [data-suggest]: its value is the address that knows. Without this
// file it is plain text, which the server understands as well.
const WAIT_MS = 200;

for (const input of document.querySelectorAll("[data-suggest]")) {
  let timer = 0;
  let last = null;

  async function offer() {
    const words = input.value.trim();
    if (!words || words === last) return;
    last = words;
    const address = new URL(input.dataset.suggest, location.href);
    address.searchParams.set("q", words);
    const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok || words !== input.value.trim()) return;
    const { people } = await answer.json();
    input.list.replaceChildren(...people.map(({ id, name }) => {
      const option = document.createElement("option");
      option.value = id;
      option.label = name;
      return option;
    }));
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(offer, WAIT_MS);
  });
}
