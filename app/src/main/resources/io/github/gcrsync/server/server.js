// Shows the page of the server anew while runs change it; without scripts, reload the page.
const WAIT = 1000;
let due = false;

async function refresh() {
  due = false;
  const field = document.activeElement;
  if (field instanceof HTMLInputElement || field instanceof HTMLButtonElement) {
    later();
    return;
  }
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.querySelector("main").replaceWith(page.querySelector("main"));
  enhance();
}

function later() {
  if (due) return;
  due = true;
  setTimeout(refresh, WAIT);
}

function enhance() {
  for (const button of document.querySelectorAll("button.copy")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.parentElement.querySelector("code").textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
  }
}

enhance();
if (!location.pathname.startsWith("/catalog")) {
  const events = new EventSource("/events");
  events.onmessage = later;
  events.onopen = later;
  // A run that ends sends its last event before its state changes.
  setInterval(later, 10 * WAIT);
}
