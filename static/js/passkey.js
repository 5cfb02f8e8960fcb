// Passkeys. A form [data-passkey="create" | "use"] asks [data-options] for a challenge, lets the browser create or
// use a passkey, and sends the answer in its field [name=passkey]. What depends on a browser that knows
// passkeys is [data-passkey-needs] and hidden without; what says that it does not is [data-passkey-missing].
const known = Boolean(window.PublicKeyCredential && navigator.credentials);

for (const part of document.querySelectorAll("[data-passkey-needs]")) part.hidden = !known;
for (const part of document.querySelectorAll("[data-passkey-missing]")) part.hidden = known;

function bytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

function forBrowser(options) {
  const key = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
  if (key.user) key.user = { ...key.user, id: bytes(key.user.id) };
  if (key.excludeCredentials) key.excludeCredentials = named(key.excludeCredentials);
  if (key.allowCredentials) key.allowCredentials = named(key.allowCredentials);
  return { publicKey: key };
}

function forServer(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
}

async function askServer(form) {
  const answer = await fetch(form.dataset.options, {
    method: "POST",
    headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, Accept: "application/json" },
  });
  const type = answer.headers.get("Content-Type") || "";
  const found = type.includes("json") ? await answer.json() : {};
  if (!answer.ok || !found.publicKey) throw Object.assign(new Error(), { told: found.detail });
  return forBrowser(found);
}

const WORDS = {
  NotAllowedError: "cancelled",
  AbortError: "cancelled",
  InvalidStateError: "twice",
  SecurityError: "elsewhere",
};

function reason(error, form) {
  const word = WORDS[error.name] || "failed";
  return error.told || form.querySelector(`[data-word=${word}]`).textContent;
}

async function run(form) {
  const status = form.querySelector(".passkey-said");
  const button = form.querySelector("[type=submit]");
  status.textContent = "";
  button.disabled = true;
  try {
    const options = await askServer(form);
    const create = form.dataset.passkey === "create";
    const credential = await (create ? navigator.credentials.create(options) : navigator.credentials.get(options));
    form.elements.passkey.value = forServer(credential);
    button.disabled = false;
    form.requestSubmit();
  } catch (error) {
    status.textContent = reason(error, form);
    button.disabled = false;
    button.focus();
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  // Before static/js/form.js, which guards against sending a form twice.
  form.addEventListener("submit", (event) => {
    if (form.elements.passkey.value) return;
    event.preventDefault();
    run(form);
  });
}

// Coming back by the browser's button: the answer was used up.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-passkey]")) form.elements.passkey.value = "";
});
