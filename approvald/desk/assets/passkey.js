// Registers a passkey or logs in with one.
const page = document.querySelector("[data-passkey]");
const said = document.getElementById("said");
const button = document.getElementById("passkey");
button.disabled = false;
button.addEventListener("click", async () => {
  button.disabled = true;
  said.textContent = "";
  try {
    await ceremony();
  } catch (error) {
    said.textContent = error.message;
    button.disabled = false;
  }
});

async function ceremony() {
  const path = page.dataset.path || location.pathname;
  const asked = await post(path + "/ask", {});
  const key = asked.options.publicKey;
  const credential = await (page.dataset.passkey === "create"
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(key) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(key) }));
  const next = page.dataset.next ? "?next=" + encodeURIComponent(page.dataset.next) : "";
  const done = await post(path + next, { ceremony: asked.ceremony, credential: credential.toJSON() });
  location.assign(done.location);
}

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST", credentials: "same-origin", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
  });
  const data = await answer.json();
  if (!answer.ok) throw new Error(data.detail);
  return data;
}
