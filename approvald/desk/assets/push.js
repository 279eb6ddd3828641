// Lets a person be told in this browser.
const button = document.getElementById("push");
if (button && "serviceWorker" in navigator && "PushManager" in window) start();

async function start() {
  await navigator.serviceWorker.register("/worker.js");
  const worker = await navigator.serviceWorker.ready;
  let now = await worker.pushManager.getSubscription();
  const show = () => { button.textContent = now ? button.dataset.no : button.dataset.yes; };
  show();
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      if (now) {
        await send(now, true);
        await now.unsubscribe();
        now = null;
      } else {
        const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: button.dataset.key });
        await send(made, false);
        now = made;
      }
      show();
    } catch (error) {
      button.textContent = error.message;
    }
    button.disabled = false;
  });
}

async function send(subscription, off) {
  const body = new URLSearchParams({ form: button.dataset.form, subscription: JSON.stringify(subscription), off: off ? "off" : "" });
  const answer = await fetch("/push", { method: "POST", credentials: "same-origin", body });
  if (!answer.ok) throw new Error(await answer.text());
}
