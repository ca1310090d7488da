// Asks this browser to show a message when its owner is called, and hands the address that it gives to the form.
// In a browser that cannot do so the form stays hidden.
const form = document.querySelector("form[data-push-key]");
const status = form?.querySelector("[data-push-status]");
const able = ["serviceWorker" in navigator, "PushManager" in window, "Notification" in window].every(Boolean);

// The page's security policy lets through one policy of this name, and the policy one script, whatever it is asked for.
const WORKER = "/support/alerts.js";
const trusted = () =>
  window.trustedTypes?.createPolicy("alerts", { createScriptURL: () => WORKER }).createScriptURL("") ?? WORKER;

const address = async (worker) => {
  await navigator.serviceWorker.register(worker);
  const { pushManager } = await navigator.serviceWorker.ready;
  const wanted = { userVisibleOnly: true, applicationServerKey: form.dataset.pushKey };
  const made = await pushManager.subscribe(wanted).catch(async (error) => {
    const former = await pushManager.getSubscription();
    if (!former) throw error;
    await former.unsubscribe(); // it was made for a key that is no longer ours
    return pushManager.subscribe(wanted);
  });
  return made.endpoint;
};

const ask = async (worker) => {
  status.textContent = "";
  try {
    if ((await Notification.requestPermission()) !== "granted") throw new Error("not allowed");
    form.elements.endpoint.value = await address(worker);
    form.submit();
  } catch {
    status.textContent = Notification.permission === "granted" ? status.dataset.failed : status.dataset.denied;
  }
};

if (form && able) {
  const worker = trusted();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(worker);
  });
  form.hidden = false;
}
