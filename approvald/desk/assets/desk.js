// Keeps what is looked at current. Every page works without it.
const every = 2000;
const live = document.querySelector("[data-live]");
const patience = 3; // answers that may be lost before it is said
let lost = 0;
localTimes(document);
if (live) setTimeout(refresh, every);

async function refresh() {
  if (!document.hidden && (await isOver())) return;
  setTimeout(refresh, every);
}

async function isOver() {
  const answer = await fetch(live.dataset.live, { credentials: "same-origin" }).catch(() => null);
  const over = answer && answer.status === 401;
  lost = answer && answer.ok ? 0 : lost + 1;
  say("over", over);
  say("away", !over && lost >= patience);
  if (!answer || !answer.ok) return over;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  localTimes(page);
  const now = page.querySelector("main");
  const changed = now.dataset.digest && now.dataset.digest !== live.dataset.digest;
  for (const part of live.querySelectorAll("[data-part]")) renew(part, page.getElementById(part.id), changed);
  return !page.querySelector("[data-live]");
}

// Nobody presses a button that came into the place of another one: what is asked
// anew is read anew.
function renew(part, fresh, changed) {
  if (!fresh || fresh.innerHTML === part.innerHTML || part.querySelector("#reread")) return;
  if (changed && part.id === "vote" && !inUse(part) && fresh.querySelector("#approve")) {
    part.replaceChildren(document.getElementById("stale").content.cloneNode(true));
  } else if (!inUse(part)) {
    const held = part.contains(document.activeElement) && document.activeElement.getAttribute("href");
    part.replaceChildren(...fresh.childNodes);
    if (held) [...part.querySelectorAll("a")].find((a) => a.getAttribute("href") === held)?.focus();
  } else if (!fresh.querySelector("button")) {
    part.querySelectorAll("button").forEach((b) => (b.disabled = true));
  }
}

// Somebody's words stay, even when they come too late.
function inUse(part) {
  if (part.querySelector("details[open]")) return true;
  const fields = [...part.querySelectorAll("input:not([type=hidden])")];
  return fields.some((f) => f.value !== "" || f === document.activeElement);
}

function say(id, is) {
  const line = document.getElementById(id);
  if (line) line.hidden = !is;
}

// Times are shown by this machine's clock.
function localTimes(page) {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false, timeZoneName: "short" });
  for (const time of page.querySelectorAll("time")) {
    time.title = time.textContent;
    time.textContent = format.format(new Date(time.dateTime));
  }
}
