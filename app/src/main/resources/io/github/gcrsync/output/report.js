const holds = (text, words) => words.every(word => text.includes(word));
for (const card of document.querySelectorAll(".repositories")) {
  const box = card.querySelector("input");
  const none = card.querySelector(".none");
  const rows = [...card.querySelectorAll("tbody tr")].map(row => {
    const name = row.querySelector("summary, .plain").textContent;
    const images = [...row.querySelectorAll("li")].map(li => ({ element: li, text: (name + ":" + li.textContent).toLowerCase() }));
    return { element: row, name: name.toLowerCase(), images };
  });
  box.hidden = false;
  box.addEventListener("input", () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const named = holds(row.name, words);
      // Show only the images that match by tag, digest or reason.
      for (const image of row.images) image.element.hidden = !named && !holds(image.text, words);
      const found = row.images.some(image => !image.element.hidden);
      row.element.hidden = !named && !found;
      if (!row.element.hidden) shown++;
      const details = row.element.querySelector("details");
      if (details) details.open = !named && found;
    }
    none.hidden = shown > 0;
  });
}
