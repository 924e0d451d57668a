const box = document.getElementById("search");
const rows = [...document.querySelectorAll("#repositories tbody tr")];
const none = document.getElementById("none");
box.hidden = false;
box.addEventListener("input", () => {
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of rows) {
    const text = row.textContent.toLowerCase();
    row.hidden = !words.every(word => text.includes(word));
    if (!row.hidden) shown++;
  }
  none.hidden = shown > 0;
});
