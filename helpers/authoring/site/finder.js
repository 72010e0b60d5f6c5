// Shows, on the page to find a rule, the lines that hold all words of the search; ?words=... comes from a link.
// The word is not q: by that, the search of Sphinx, which every page loads, would begin here as well.
document.addEventListener("DOMContentLoaded", () => {
  const input = document.getElementById("finder-words");
  if (!input) return;
  const output = document.querySelector(".finder output");
  const sections = [...document.querySelectorAll("section section")];
  const lines = sections.flatMap((section) => [...section.querySelectorAll("li")]);
  const said = new Map(lines.map((line) => {
    const more = [...line.querySelectorAll("[data-words]")].map((mark) => mark.dataset.words);
    return [line, [line.textContent, ...more].join(" ").toLowerCase()];
  }));
  const show = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const line of lines) line.hidden = !words.every((word) => said.get(line).includes(word));
    for (const section of sections) section.hidden = !section.querySelector("li:not([hidden])");
    const found = lines.filter((line) => !line.hidden).length;
    output.textContent = words.length ? `${found} of ${lines.length}` : "";
  };
  input.value = new URLSearchParams(location.search).get("words") ?? "";
  input.addEventListener("input", show);
  show();
});
