// Another file for a document, [data-anew]: a large one, or any where there is a bucket, is sent in pieces
// (pieces.js) before the form, which then names it. Without this file the form brings it itself.
import { sendInPieces } from "./pieces.js";

const row = document.querySelector("[data-anew]");
const form = row?.closest("form");
const words = row?.dataset;

if (form) {
  const input = form.querySelector("input[type=file]");
  const bar = row.querySelector("progress");
  const said = row.querySelector(".upload-said");

  const tell = (text, state = "") => {
    row.hidden = false;
    row.classList.toggle("is-bad", state === "bad");
    row.classList.toggle("is-waiting", state === "waiting");
    said.textContent = text;
  };

  const send = (file) =>
    sendInPieces(file, {
      begin: words.begin,
      token: form.querySelector("[name=csrfmiddlewaretoken]").value,
      signal: new AbortController().signal,
      md5: "",
      again: true,
      began: () => tell(words.sending),
      told: (share) => {
        bar.value = share * 100;
      },
      broken: (yes) => tell(yes ? words.broken : words.sending, yes ? "waiting" : ""),
    });

  // Before static/js/form.js, which guards against sending a form twice: here it is sent when the file has come.
  form.addEventListener("submit", async (event) => {
    const [file] = input.files;
    if (file?.size > Number(words.most)) {
      event.preventDefault();
      tell(words.tooLarge, "bad");
      return;
    }
    if (!file || (words.direct !== "yes" && file.size <= Number(words.piece))) return;
    event.preventDefault();
    const buttons = form.querySelectorAll("[type=submit]");
    for (const one of buttons) one.disabled = true;
    try {
      const place = await send(file);
      form.elements.upload.value = place.split("/").at(-2);
      input.value = "";
      tell(words.checking);
      form.submit();
    } catch (error) {
      tell((error.answer?.errors || [words.lost]).join(" "), "bad");
      for (const one of buttons) one.disabled = false;
    }
  });
}
