// What one browser tab remembers of one class: the session and the class password, so that a
// reload does not ask again.

export class Memory {
  constructor(sdkappid, classId) {
    this.key = `sandbox/${sdkappid}/${classId}`;
  }

  read() {
    try {
      return JSON.parse(sessionStorage.getItem(this.key) || "null");
    } catch {
      return null;
    }
  }

  write(userId, token, password) {
    sessionStorage.setItem(this.key, JSON.stringify({ userId, token, password }));
  }

  forget() {
    sessionStorage.removeItem(this.key);
  }
}

// A link may carry ?user_id=…&token=… in its query or fragment. The secret leaves the address bar at once.
export function prefill() {
  const url = new URL(location.href);
  const fragment = new URLSearchParams(url.hash.slice(1));
  const take = (name) => fragment.get(name) || url.searchParams.get(name) || "";
  const found = { userId: take("user_id"), token: take("token") };
  if (found.token) {
    url.searchParams.delete("token");
    fragment.delete("token");
    url.hash = fragment.toString();
    history.replaceState(null, "", url);
  }
  return found;
}
