// Files of a form, [data-upload]: chosen or dropped, sent one after the other, each with its progress: a small one
// whole, a large one, or each where there is a bucket, in pieces (pieces.js). Without this file the form sends
// all at once.
import { md5 } from "./md5.js";
import { ask, sendInPieces } from "./pieces.js";

const drop = document.querySelector("[data-upload]");
const form = drop?.closest("form");
const words = drop?.dataset;

if (form) {
  const input = drop.querySelector("input[type=file]");
  const list = drop.querySelector(".uploads");
  const told = drop.querySelector(".upload-words");
  const leave = drop.querySelector("[data-upload-leave]");
  const rows = [];

  function part(tag, css, text = "") {
    const element = document.createElement(tag);
    element.className = css;
    element.textContent = text;
    return element;
  }

  function button(text, act) {
    const element = part("button", "btn btn-sm", text);
    element.type = "button";
    element.addEventListener("click", act);
    return element;
  }

  function add(file) {
    const row = { file, state: "waiting", element: part("li", "upload"), again: false, stop: new AbortController() };
    row.bar = part("progress", "");
    row.bar.max = 100;
    row.bar.value = 0;
    row.bar.setAttribute("aria-label", file.name);
    row.said = part("p", "upload-said", words.waiting);
    row.acts = part("div", "upload-acts");
    const out = button(words.drop, () => {
      row.state = "out";
      row.stop.abort();
      forget(row);
      row.element.remove();
      input.focus();
    });
    out.setAttribute("aria-label", `${words.drop}: ${file.name}`);
    row.out = out;
    row.element.append(part("span", "upload-name", file.name), out, row.bar, row.said, row.acts);
    list.append(row.element);
    rows.push(row);
    if (file.size > Number(words.most)) refuse(row, words.tooLarge);
  }

  function refuse(row, said) {
    row.state = "bad";
    row.element.classList.add("is-bad");
    row.said.textContent = said;
  }

  const token = () => form.querySelector("[name=csrfmiddlewaretoken]").value;

  function said(row) {
    const data = new FormData(form);
    data.delete("file");
    data.delete("again");
    if (row.again) data.set("again", "on");
    return data;
  }

  // What came of a file that is not wanted any more is not kept.
  function forget(row) {
    if (row.place) fetch(row.place, { method: "DELETE", headers: { "X-CSRFToken": token() }, keepalive: true });
    row.place = null;
  }

  async function send(row) {
    row.state = "sending";
    row.element.classList.remove("is-bad", "is-waiting");
    row.acts.replaceChildren();
    row.said.textContent = words.sending;
    const inPieces = words.direct === "yes" || row.file.size > Number(words.piece);
    try {
      take(row, await (inPieces ? sendPieces(row) : sendWhole(row)));
    } catch (error) {
      if (row.state === "out") forget(row);
      else take(row, error);
    }
  }

  async function sendPieces(row) {
    const signal = row.stop.signal;
    row.said.textContent = words.comparing;
    row.md5 ??= await md5(row.file, signal);
    row.said.textContent = words.sending;
    row.sent ||= await sendInPieces(row.file, {
      begin: words.begin,
      token: token(),
      signal,
      md5: row.md5,
      again: row.again,
      began: (place) => {
        row.place = place;
      },
      told: (share) => {
        row.bar.value = share * 100;
      },
      broken: (yes) => {
        row.element.classList.toggle("is-waiting", yes);
        row.said.textContent = yes ? words.broken : words.sending;
      },
    });
    row.said.textContent = words.checking;
    return { answer: await ask("POST", `${row.place}done/`, token(), signal, said(row)), status: 201 };
  }

  function sendWhole(row) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      row.stop.signal.addEventListener("abort", () => request.abort(), { once: true });
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", (event) => {
        row.bar.value = event.lengthComputable ? (event.loaded / event.total) * 100 : 0;
        if (event.loaded === event.total) row.said.textContent = words.checking;
      });
      request.addEventListener("loadend", () => {
        let answer = {};
        try {
          answer = JSON.parse(request.responseText);
        } catch {
          answer = {};
        }
        (request.status === 201 ? resolve : reject)({ answer, status: request.status });
      });
      const data = said(row);
      data.append("file", row.file);
      request.send(data);
    });
  }

  function take(row, { answer = {}, status = 0 }) {
    if (status === 201) {
      row.state = "done";
      row.place = null;
      row.out.remove();
      row.element.classList.remove("is-waiting");
      row.element.classList.add("is-done");
      row.bar.value = 100;
      row.said.textContent = words.done;
      const link = part("a", "btn btn-sm", answer.name);
      link.href = answer.url;
      row.acts.append(link);
      return;
    }
    row.element.classList.remove("is-waiting");
    refuse(row, (answer.errors || [words.lost]).join(" "));
    const anew = () => {
      row.state = "waiting";
      form.requestSubmit();
    };
    if (!answer.errors) row.acts.append(button(words.goOn, anew));
    if (!answer.known) return;
    const use = part("a", "btn btn-sm", words.use);
    use.href = answer.known.url;
    use.addEventListener("click", () => forget(row));
    row.acts.append(use, button(words.again, () => {
      row.again = true;
      anew();
    }));
  }

  function choose(files) {
    for (const file of files) add(file);
    input.value = "";
    input.required = false;
  }

  async function sendAll() {
    const buttons = form.querySelectorAll("[type=submit]");
    for (const one of buttons) one.disabled = true;
    for (const row of rows) {
      if (row.state === "waiting") await send(row);
    }
    for (const one of buttons) one.disabled = false;
    const left = rows.filter((row) => row.state === "bad");
    told.textContent = left.length ? words.some : words.all;
    leave.hidden = false;
    const here = rows.filter((row) => row.state === "done");
    if (!left.length && here.length === rows.filter((row) => row.state !== "out").length) {
      leave.querySelector("a").focus();
    }
  }

  input.addEventListener("change", () => choose(input.files));
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("is-over");
    });
  }
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("is-over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    choose(event.dataTransfer.files);
  });

  // Before static/js/form.js, which guards against sending a form twice: here it is sent by parts.
  form.addEventListener("submit", (event) => {
    const waiting = rows.some((row) => row.state === "waiting");
    if (!waiting && !rows.length) return;
    event.preventDefault();
    form.removeAttribute("data-guard");
    if (waiting) sendAll();
  });
}
