// Shows what the gateway pushes, and opens the card of what was chosen.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("push", (event) => {
  const said = event.data.json();
  event.waitUntil(self.registration.showNotification(said.title, {
    body: said.body, tag: said.tag, renotify: true, icon: "/assets/icon-192.png", data: said.url,
  }));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const at = new URL(event.notification.data, self.location.origin);
  event.waitUntil(self.clients.openWindow(self.location.origin + at.pathname + at.search));
});
