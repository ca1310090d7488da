// Shows that there is a message, and nothing of it: nothing has come with the signal. Nothing is kept in the browser.
// A second signal takes the place of the first, and is heard again.
const shown = { tag: "message", renotify: true, requireInteraction: true };

self.addEventListener("push", (event) => {
  event.waitUntil(self.registration.showNotification("A message for you", shown));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(new URL("now/", self.registration.scope)));
});
