// Quick leave: the page goes blank at once, the server signs out, and a neutral page takes this one's place.
// Where nobody signs in the form is a plain GET, and only the page is left.
// A page brought back by the Back button is asked for again, so that it shows only what may still be seen.
const form = document.querySelector("form[data-leave]");

const signOut = () =>
  fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true }).then(
    (answer) => (answer.ok ? answer.url : "about:blank"),
    () => "about:blank",
  );

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  document.body.hidden = true;
  document.title = "";
  document.querySelectorAll("form").forEach((filled) => filled !== form && filled.reset());
  location.replace(form.method === "get" ? form.action : await signOut());
});

window.addEventListener("pageshow", (event) => event.persisted && location.reload());
