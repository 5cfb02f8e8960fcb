// The member grid: one tile a person, changed in place so that focus and pictures stay.

const ROLE_ORDER = { teacher: 0, assistant: 1, supervisor: 2 };

function inOrder(one, other) {
  const rank = (person) => ROLE_ORDER[person.role] ?? 3;
  return rank(one) - rank(other) || other.status.hand_up - one.status.hand_up || one.enter_time - other.enter_time;
}

export function clockText(seconds) {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  return (parts[0] ? parts : parts.slice(1)).map((n) => String(n).padStart(2, "0")).join(":");
}

export class Members {
  constructor(grid, phrases, act) {
    this.grid = grid;
    this.phrases = phrases;
    this.act = act;
    this.template = document.getElementById("tile");
    this.tiles = new Map();
  }

  show(people, me, taught, camera) {
    const seen = new Set();
    [...people].sort(inOrder).forEach((person, place) => {
      seen.add(person.user_id);
      const tile = this.tiles.get(person.user_id) || this.make(person);
      this.fill(tile, person, me, taught);
      if (person.user_id === me.user_id) camera.show(tile.querySelector("video"));
      if (this.grid.children[place] !== tile) this.grid.insertBefore(tile, this.grid.children[place] || null);
    });
    for (const [userId, tile] of this.tiles) {
      if (!seen.has(userId)) {
        tile.remove();
        this.tiles.delete(userId);
      }
    }
  }

  make(person) {
    const tile = this.template.content.firstElementChild.cloneNode(true);
    tile.dataset.userId = person.user_id;
    for (const button of tile.querySelectorAll("button[data-act]")) {
      button.addEventListener("click", () => this.act(button.dataset.act, tile.person));
    }
    this.tiles.set(person.user_id, tile);
    return tile;
  }

  fill(tile, person, me, taught) {
    const { status } = person;
    const mine = person.user_id === me.user_id;
    tile.person = person;
    tile.classList.toggle("mine", mine);
    tile.querySelector(".name").textContent = mine ? `${person.nickname} (${this.phrases.you})` : person.nickname;
    tile.querySelector(".role").textContent = this.phrases.roles[person.role] || person.role;
    const avatar = tile.querySelector("img");
    if (avatar.getAttribute("src") !== person.avatar) avatar.src = person.avatar;
    for (const name of ["camera", "mic", "speaker", "silence", "hand_up"]) {
      const mark = tile.querySelector(`[data-state="${name}"]`);
      tile.dataset[name] = status[name];
      mark.textContent = this.phrases.states[name][status[name]];
      mark.classList.toggle("on", status[name] === 1);
    }
    tile.querySelector(".present").textContent = taught
      ? `${clockText(person.present_seconds)} · ${Math.floor((100 * person.present_seconds) / taught)} %`
      : "";
    const staff = ["teacher", "assistant"];
    tile.querySelector(".acts").hidden = !staff.includes(me.role) || staff.includes(person.role);
    tile.querySelector('[data-act="silence"]').textContent = this.phrases.silence[status.silence];
    tile.querySelector('[data-act="disable_mic"]').disabled = !status.mic;
    tile.querySelector('[data-act="disable_camera"]').disabled = !status.camera;
  }
}
