// One file, sent in pieces: each goes where the server says, to itself or straight into a bucket. A broken
// connection is waited for, and then it goes on from where it was; after a reload, too, for a day.
const MOST_FAILURES = 40;
const LONGEST_WAIT_S = 15;

export class Refused extends Error {
  constructor(answer, status) {
    super(status);
    this.answer = answer;
    this.status = status;
  }
}

// Sends the file; `began(place)` hears the address of the upload, `told(share)` how far it is, `broken(yes)` whether
// the connection is away. Resolves to that address. Refused where the server does not want it; AbortError after abort.
export async function sendInPieces(file, { begin, token, signal, md5, again, began, told, broken }) {
  let place = null;
  let failures = 0;
  for (;;) {
    try {
      if (!place) began((place = await placeOf(file, { begin, token, signal, md5, again })));
      const next = await ask("GET", place, token, signal);
      broken(false);
      told(next.offset / file.size);
      if (next.offset >= file.size) return place;
      await put(file, next, token, signal, told);
      failures = 0;
    } catch (error) {
      if (error.name === "AbortError") throw error;
      const final = error instanceof Refused && error.status < 500 && ![408, 429].includes(error.status);
      if (error instanceof Refused && error.status === 404 && place && failures < 2) place = null;
      else if (final) throw error;
      failures += 1;
      if (failures > MOST_FAILURES) throw new Refused({}, 0);
      broken(true);
      await pause(failures, signal);
    }
  }
}

export async function ask(method, address, token, signal, body) {
  const headers = { Accept: "application/json", "X-CSRFToken": token };
  const response = await fetch(address, { method, headers, body, signal });
  const answer = await response.json().catch(() => ({}));
  // Whoever is signed out meanwhile is led to the page for that.
  if (!response.ok || response.redirected) throw new Refused(answer, response.ok ? 401 : response.status);
  return answer;
}

async function placeOf(file, { begin, token, signal, md5, again }) {
  const data = new FormData();
  data.set("name", file.name);
  data.set("size", file.size);
  data.set("modified", file.lastModified);
  data.set("md5", md5);
  if (again) data.set("again", "on");
  const { token: name } = await ask("POST", begin, token, signal, data);
  return new URL(`${name}/`, new URL(begin, location.href)).pathname;
}

// An XMLHttpRequest, because fetch does not tell how much of a body is sent.
function put(file, next, token, signal, told) {
  const address = new URL(next.address, location.href);
  const ours = address.origin === location.origin;
  if (ours) address.searchParams.set("offset", next.offset);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    signal.addEventListener("abort", stop, { once: true });
    request.open("PUT", address);
    if (ours) request.setRequestHeader("X-CSRFToken", token);
    request.upload.addEventListener("progress", (event) => told((next.offset + event.loaded) / file.size));
    request.addEventListener("loadend", () => {
      signal.removeEventListener("abort", stop);
      if (signal.aborted) reject(new DOMException("", "AbortError"));
      else if (request.status >= 200 && request.status < 300) resolve();
      else if (ours && request.status === 413) reject(new Refused({}, 413));
      else reject(new Error(String(request.status)));
    });
    request.send(file.slice(next.offset, next.offset + next.length));
  });
}

// Longer after each failure; over at once when the browser says that it is connected again.
function pause(failures, signal) {
  return new Promise((resolve, reject) => {
    const seconds = Math.min(LONGEST_WAIT_S, 0.5 * 2 ** Math.min(failures, 6)) * (0.5 + Math.random() / 2);
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      if (signal.aborted) reject(new DOMException("", "AbortError"));
      else resolve();
    };
    const timer = setTimeout(done, seconds * 1000);
    addEventListener("online", done);
    signal.addEventListener("abort", done, { once: true });
  });
}
