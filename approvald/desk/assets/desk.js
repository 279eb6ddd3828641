// Keeps what is looked at current. Every page works without it.
const every = 2000;
const live = document.querySelector("[data-live]");
if (live) setTimeout(refresh, every);

async function refresh() {
  if (!document.hidden && (await isOver())) return;
  setTimeout(refresh, every);
}

async function isOver() {
  const answer = await fetch(live.dataset.live, { credentials: "same-origin" }).catch(() => null);
  if (!answer || !answer.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of live.querySelectorAll("[data-part]")) {
    const fresh = page.getElementById(part.id);
    if (!fresh || fresh.innerHTML === part.innerHTML) continue;
    if (!inUse(part)) part.replaceChildren(...fresh.childNodes);
    else if (!fresh.querySelector("button")) part.querySelectorAll("button").forEach((b) => (b.disabled = true));
  }
  return !page.querySelector("[data-live]");
}

// Somebody's words stay, even when they come too late.
function inUse(part) {
  if (part.querySelector("details[open]")) return true;
  const fields = [...part.querySelectorAll("input:not([type=hidden])")];
  return fields.some((f) => f.value !== "" || f === document.activeElement);
}
