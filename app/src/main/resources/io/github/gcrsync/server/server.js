// Shows the page of the server anew while runs change it; without scripts, reload the page.
const WAIT = 1000;
// Relative addresses would repeat the token of a page that was opened as http://user:TOKEN@host/, which fetch refuses.
let due = false;
let events;

async function refresh() {
  due = false;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = document.querySelector("main");
  const focused = main.contains(document.activeElement) ? document.activeElement : undefined;
  const alike = focused && focusable(main).filter((each) => label(each) === label(focused)).indexOf(focused);
  update(main, page.querySelector("main"));
  if (focused && !focused.isConnected) {
    (focusable(main).filter((each) => label(each) === label(focused))[alike] ?? main).focus({ preventScroll: true });
  }
}

// Equal parts stay: a field with what somebody types, and an alert, which a screen reader would announce again.
function update(main, fresh) {
  let next = main.firstElementChild;
  for (const part of [...fresh.children]) {
    let same = next;
    while (same && !same.isEqualNode(part)) same = same.nextElementSibling;
    if (same) {
      while (next !== same) next = removed(next);
      next = same.nextElementSibling;
    } else {
      main.insertBefore(part, next);
    }
  }
  while (next) next = removed(next);
}

function removed(part) {
  const next = part.nextElementSibling;
  part.remove();
  return next;
}

function focusable(main) {
  return [...main.querySelectorAll("a, button, input")];
}

function label(element) {
  return [element.tagName, element.href, element.ariaLabel, element.name].join(" ");
}

function later() {
  if (due) return;
  due = true;
  setTimeout(refresh, WAIT);
}

// A browser allows six connections to a server, so a page that nobody sees holds none.
function follow() {
  events?.close();
  if (document.hidden) return;
  events = new EventSource(location.origin + "/events");
  for (const event of ["open", "message", "run", "file"]) events.addEventListener(event, later);
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED) setTimeout(follow, 10 * WAIT);
  });
}

for (const button of document.querySelectorAll("button.copy")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.parentElement.querySelector("code").textContent);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
}

if (!location.pathname.startsWith("/catalog")) {
  document.addEventListener("visibilitychange", follow);
  follow();
}
