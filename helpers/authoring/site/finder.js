// Lists, on the page to find something, what fits a search best first; ?words=... comes from a link or the side bar.
// The word is not q: by that, the search of Sphinx, which every page loads, would begin here as well.
document.addEventListener("DOMContentLoaded", () => {
  // The search of the side bar (Ctrl+K) asks the finder, whose hits have sentences and places; it leads on to the text.
  if (!location.pathname.endsWith("/search.html")) {
    for (const form of document.querySelectorAll("form.bd-search")) {
      form.action = form.getAttribute("action").replace("search.html", "find.html");
      form.querySelector("input").name = "words";
    }
  }
  const input = document.getElementById("finder-words");
  if (!input) return;
  const MOST = 15;
  const NEAR = 5;
  const IDLE = new Set(
    "a an and are as at be by can do does for from get have how i if in into is it me my need no of on or set should so that the then there this to use used using want what when where which who why will with you your".split(" "),
  );
  // "exclude_unset" and "FileResponse" are found as they stand and by their parts.
  const parts = (text) => {
    const whole = text.match(/[\p{L}\p{N}_]+/gu) ?? [];
    const split = whole.flatMap((word) => word.split(/_|(?<=[a-z])(?=[A-Z])/));
    const joined = (text.match(/\p{L}+-\p{L}+/gu) ?? []).map((word) => word.replace("-", "")); // "log-out", typed "logout"
    return [...new Set([...whole, ...split, ...joined].map((word) => word.toLowerCase()))].filter(Boolean);
  };
  const fits = (word, wanted) => {
    if (word === wanted) return 1;
    if (wanted.length > 3 && word.startsWith(wanted)) return 0.8;
    const stem = wanted.replace(/(?:ies|es|s|ing|ed|y|e)$/, "");
    return stem.length > 3 && stem !== wanted && word.startsWith(stem) ? 0.6 : 0;
  };
  const sections = [...document.querySelectorAll("section section")];
  const lines = sections.flatMap((section) => {
    const kind = section.querySelector("h2").firstChild.textContent;
    return [...section.querySelectorAll("li")].map((item) => {
      const mark = item.querySelector("[data-words], [data-code]");
      const fields = [
        [3, item.querySelector("a").textContent],
        [2.5, mark?.dataset.words ?? ""],
        [1.5, item.textContent],
        [1, mark?.dataset.code ?? ""],
      ];
      return { item, kind, words: fields.map(([weight, text]) => [weight, parts(text)]) };
    });
  });
  const best = (line, wanted) =>
    Math.max(0, ...line.words.flatMap(([weight, words]) => words.map((word) => weight * fits(word, wanted))));
  const ranked = (text) => {
    const asked = (text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? []).filter((word, n, all) => all.indexOf(word) === n);
    const telling = asked.filter((word) => !IDLE.has(word));
    const wanted = telling.length ? telling : asked;
    const scores = wanted.map((word) => lines.map((line) => best(line, word)));
    const worth = scores.map((row) => Math.log(1 + lines.length / (1 + row.filter(Boolean).length)));
    const whole = worth.reduce((sum, one) => sum + one, 0);
    return lines
      .map((line, n) => {
        const held = worth.reduce((sum, one, w) => sum + (scores[w][n] ? one : 0), 0);
        const sum = worth.reduce((total, one, w) => total + one * scores[w][n], 0);
        return { line, all: scores.every((row) => row[n]), score: whole ? sum * (held / whole) ** 2 : 0 };
      })
      .filter((one) => one.score)
      .sort((a, b) => b.all - a.all || b.score - a.score);
  };
  const output = document.querySelector(".finder output");
  const list = document.querySelector(".found");
  const onward = document.querySelector(".finder-onward");
  const show = () => {
    const text = input.value.trim();
    for (const section of sections) section.hidden = Boolean(text);
    list.replaceChildren();
    onward.hidden = !text;
    onward.querySelector("a").href = `search.html?q=${encodeURIComponent(text)}`;
    output.textContent = "";
    if (!text) return;
    const found = ranked(text);
    const complete = found.filter((one) => one.all).length;
    const some = found.slice(0, Math.min(MOST, Math.max(complete, NEAR))); // one weak line with all words hides no better one
    for (const { line } of some) {
      const item = document.createElement("li");
      const kind = document.createElement("small");
      kind.textContent = line.kind;
      item.append(...line.item.cloneNode(true).childNodes);
      (item.querySelector("p") ?? item).append(" ", kind);
      for (const marked of item.querySelectorAll("[id]")) marked.removeAttribute("id");
      list.append(item);
    }
    if (!found.length) output.textContent = "No line has any of these words.";
    else if (!complete) output.textContent = "No line has all of these words; these come nearest:";
    else if (complete > MOST) output.textContent = `The best ${MOST} of ${complete}; one word more tells them apart.`;
    else output.textContent = `${complete} found` + (some.length > complete ? ", then what comes nearest" : "");
  };
  input.value = new URLSearchParams(location.search).get("words") ?? "";
  input.addEventListener("input", show);
  show();
});
