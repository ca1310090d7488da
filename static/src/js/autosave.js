// Saves a form while it is filled in: at most every 5 seconds, on leaving a field, and when the page is hidden.
// What cannot be saved stays on the page, is said in words, and is tried again. Nothing is kept in the browser.
const EVERY = 5000;
const form = document.querySelector("form[data-autosave-url]");
const status = form?.querySelector("[data-autosave-status]");
const changed = new Set();
let sending = false;
let timer = 0;

const say = (text) => {
  if (status && status.textContent !== text) status.textContent = text;
};

const clock = () =>
  new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });

const body = (names) => {
  const filled = new FormData(form);
  const sent = new URLSearchParams({ csrfmiddlewaretoken: filled.get("csrfmiddlewaretoken") ?? "" });
  for (const name of names) {
    const values = filled.getAll(name).filter((value) => typeof value === "string");
    (values.length ? values : [""]).forEach((value) => sent.append(name, value));
  }
  return sent;
};

const keep = (names, words) => {
  names.forEach((name) => changed.add(name));
  say(words);
  plan();
};

const save = async () => {
  clearTimeout(timer);
  timer = 0;
  if (sending || !changed.size) return;
  const names = [...changed];
  changed.clear();
  sending = true;
  try {
    const answer = await fetch(form.dataset.autosaveUrl, { method: "POST", body: body(names), keepalive: true });
    if (answer.redirected || [401, 403].includes(answer.status)) keep(names, status.dataset.signedOut);
    else if (answer.ok) say(`${status.dataset.saved} ${clock()}`);
    else keep(names, status.dataset.away);
  } catch {
    keep(names, status.dataset.away);
  } finally {
    sending = false;
    if (changed.size) plan();
  }
};

const plan = () => {
  timer ||= setTimeout(save, EVERY);
};

const note = (event) => {
  if (!event.target.name || event.target.type === "file") return;
  changed.add(event.target.name);
  plan();
};

if (form && status) {
  form.addEventListener("input", note);
  form.addEventListener("change", note);
  form.addEventListener("focusout", save);
  document.addEventListener("visibilitychange", () => document.hidden && save());
  form.addEventListener("submit", () => changed.clear());
}
