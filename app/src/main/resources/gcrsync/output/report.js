const box = document.getElementById("search");
const rows = [...document.querySelectorAll("#repositories tbody tr")];
const none = document.getElementById("none");
const holds = (element, words) => {
  const text = element.textContent.toLowerCase();
  return words.every(word => text.includes(word));
};
box.hidden = false;
box.addEventListener("input", () => {
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of rows) {
    row.hidden = !holds(row, words);
    if (!row.hidden) shown++;
    // What was found by a tag or a digest is opened, to show it.
    const details = row.querySelector("details");
    if (details) details.open = !row.hidden && !holds(details.firstElementChild, words);
  }
  none.hidden = shown > 0;
});
