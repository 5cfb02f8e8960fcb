// htmx stays within the content security policy by the <meta name="htmx-config"> of the page.
// Here: a sign-in page that answers a refresh takes the whole window, a hidden tab asks nothing, and a click is not lost.
document.addEventListener("htmx:beforeSwap", (event) => {
  const page = event.detail.xhr.responseURL || "";
  const signedOut = document.querySelector("meta[name=sign-in]")?.content;
  if (signedOut && new URL(page, location.href).pathname === signedOut) {
    event.detail.shouldSwap = false;
    location.reload();
  }
});

// A refresh that nobody asked for says so: it does not keep the session of an empty chair open.
document.addEventListener("htmx:configRequest", (event) => {
  const polls = event.detail.elt.getAttribute("hx-trigger")?.includes("every");
  if (polls && !event.detail.triggeringEvent) event.detail.headers["X-Background"] = "1";
});

document.addEventListener("htmx:confirm", (event) => {
  const polls = event.detail.elt.getAttribute("hx-trigger")?.includes("every");
  if (document.hidden && polls && !event.detail.triggeringEvent) event.preventDefault();
});

// "Replace" ends the request under way, and htmx then sends the one that waits, whose answer would take the button away
// before its turn. So the one under way ends here, and "replace" ends the one that waited.
document.addEventListener("htmx:confirm", (event) => {
  const [place, strategy] = event.detail.elt.closest("[hx-sync]")?.getAttribute("hx-sync").split(":") ?? [];
  if (strategy === "replace" && place !== "this") window.htmx.trigger(place, "htmx:abort");
});
