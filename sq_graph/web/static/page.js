// Optional features of a page: theme, sorting, filtering, arrow keys, completion. Pages work without them.
"use strict";
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const letters = { ł: "l", ø: "o", đ: "d", ð: "d", ı: "i", æ: "ae", œ: "oe", þ: "th", ß: "ss" };
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[łøđðıæœþß]/g, (letter) => letters[letter]);

// Light or dark: the setting of the system, unless the reader chooses.
const storedTheme = (() => { try { return localStorage.getItem("theme"); } catch { return null; } })();
if (storedTheme) document.documentElement.dataset.theme = storedTheme;
const isDark = () => (document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
const themeButton = document.querySelector(".theme");
themeButton.hidden = false;
const labelThemeButton = () => { themeButton.textContent = isDark() ? "Light" : "Dark"; };
labelThemeButton();
themeButton.addEventListener("click", () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  try { localStorage.setItem("theme", document.documentElement.dataset.theme); } catch { /* the choice is for this page only */ }
  labelThemeButton();
});

// A click on a heading sorts a table in place.
for (const table of all("table[data-sortable]")) {
  if (table.querySelector(".group")) continue;
  all("thead th", table).forEach((heading, column) => {
    if (!heading.querySelector("a")) {
      const link = document.createElement("a");
      link.href = "#";
      link.append(...heading.childNodes);
      heading.append(link);
    }
    heading.addEventListener("click", (event) => {
      event.preventDefault();
      const isDescending = heading.getAttribute("aria-sort") === "ascending";
      all("th[aria-sort]", table).forEach((other) => other.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", isDescending ? "descending" : "ascending");
      const body = table.tBodies[0];
      const text = (row) => { const words = row.cells[column].textContent.trim(); return ["–", "no year"].includes(words) ? "" : words; };
      // "1.05" is less than "1.5", "-2" less than "1", and empty cells come last, either way
      const compare = (a, b) => (a - b) || a.localeCompare(b, undefined, { numeric: true });
      const rows = [...body.rows].sort((a, b) => !text(a) - !text(b) || (isDescending ? compare(text(b), text(a)) : compare(text(a), text(b))));
      body.append(...rows);
    });
  });
}

// A filter narrows the table below it while one types.
for (const form of all("form[data-filter]")) {
  const table = form.parentElement.querySelector("table[data-sortable]");
  const field = form.querySelector("input[type=search]");
  if (!table || !field) continue;
  if (!form.classList.contains("controls")) form.addEventListener("submit", (event) => event.preventDefault());
  field.addEventListener("input", () => {
    const words = fold(field.value).split(/\s+/);
    for (const row of table.tBodies[0].rows) {
      const text = fold(row.textContent);
      row.hidden = !words.every((word) => text.includes(word));
    }
  });
}

// A link to a closed part of the page opens it.
const openTarget = () => {
  const part = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (part instanceof HTMLDetailsElement) part.open = true;
};
addEventListener("hashchange", openTarget);
openTarget();

// The arrow keys move through a matrix.
for (const matrix of all("table.matrix")) {
  matrix.addEventListener("keydown", (event) => {
    const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
    const cell = event.target.closest("td");
    if (!step || !cell) return;
    const row = matrix.tBodies[0].rows[cell.parentElement.sectionRowIndex + step[0]];
    const link = row && row.cells[cell.cellIndex + step[1]]?.querySelector("a");
    if (link) { event.preventDefault(); link.focus(); }
  });
}

// The search suggests labels that complete what one types.
if (document.body.dataset.suggestions) for (const field of all("input[list=suggestions]")) {
  let requests = 0;
  field.addEventListener("input", async () => {
    const request = ++requests;
    const response = await fetch(`${document.body.dataset.suggestions}?q=${encodeURIComponent(field.value)}`);
    const labels = response.ok ? await response.json() : [];
    if (request !== requests) return;
    document.getElementById("suggestions").replaceChildren(...labels.map((label) => {
      const option = document.createElement("option");
      option.value = label;
      return option;
    }));
  });
}

// A static site is searched in the browser: whole words first, then prefixes of words.
const hitList = document.getElementById("hits");
if (hitList && document.body.dataset.search) {
  const parameters = new URLSearchParams(location.search);
  const padded = (text) => ` ${fold(text).split(/[^\p{L}\p{N}]+/u).join(" ").trim()} `;
  const parts = (parameters.get("q") || "").match(/["“„«][^"“”«»]*["“”»]|[^\s"“”„«»]+/g) || [];
  const words = parts.map(padded).filter((part) => part.trim());
  const kind = parameters.get("kind") || "";
  for (const name of ["q", "kind"]) for (const field of all(`[name=${name}]`)) field.value = parameters.get(name) || "";
  const rank = ([label, , , text]) => {
    const name = padded(label), content = padded(text);
    if (words.every((word) => name.includes(word))) return name.length / 1000;
    if (words.every((word) => content.includes(word))) return 1;
    // in a script without spaces, words are found within others
    const prefix = (word) => /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]/.test(word) ? word.trim() : word.trimEnd();
    return words.every((word) => content.includes(prefix(word))) ? 2 : 3;
  };
  const show = () => {
    const ranked = searchIndex.filter((entry) => !kind || entry[1] === kind).map((entry) => [rank(entry), ...entry]);
    const hits = ranked.filter((hit) => hit[0] < 3).sort((a, b) => a[0] - b[0]);
    document.getElementById("count").textContent = `${hits.length} found${hits.length > 200 ? ", the first 200 shown" : ""}.`;
    hitList.replaceChildren(...hits.slice(0, 200).map(([, label, kind, address, text, source]) => {
      const item = document.createElement("li"), link = document.createElement("a");
      const [note, summary, credit] = ["note", "summary", "credit"].map((name) => Object.assign(document.createElement("span"), { className: name }));
      link.href = new URL(address, new URL(document.body.dataset.search, location.href));
      link.textContent = label;
      note.textContent = ` ${kind}`;
      const words = text.slice(label.length).replace(/^ · /, "");
      summary.textContent = words.length > 240 ? `${words.slice(0, 240)}…` : words;
      credit.textContent = source;
      item.append(link, note, summary, credit);
      return item;
    }));
  };
  if (words.length || kind) {
    const script = document.createElement("script");
    script.src = document.body.dataset.search;
    script.addEventListener("load", show);
    document.head.append(script);
  }
}

// The text area for SPARQL completes the terms of the vocabulary.
const area = document.querySelector("textarea[data-terms]");
if (area) {
  const list = document.getElementById("completions");
  let terms = [], completions = [], selected = 0;
  area.addEventListener("focus", () => {
    fetch(area.dataset.terms).then((response) => response.json()).then((names) => { terms = names; });
  }, { once: true });
  const word = () => area.value.slice(0, area.selectionStart).match(/[\w-]+:?[\w-]*$/)?.[0] || "";
  const close = () => { completions = []; list.hidden = true; };
  const show = () => {
    list.replaceChildren(...completions.map((term, index) => {
      const item = document.createElement("li");
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", index === selected);
      item.textContent = term;
      item.addEventListener("mousedown", (event) => { event.preventDefault(); selected = index; accept(); });
      return item;
    }));
    list.hidden = !completions.length;
  };
  const accept = () => {
    area.setRangeText(completions[selected], area.selectionStart - word().length, area.selectionStart, "end");
    close();
  };
  area.addEventListener("input", () => {
    const typed = word().toLowerCase();
    completions = typed.length < 2 ? [] : terms.filter((term) => term.toLowerCase().includes(typed) && term !== typed)
      .sort((a, b) => b.toLowerCase().startsWith(typed) - a.toLowerCase().startsWith(typed)).slice(0, 8);
    selected = 0;
    show();
  });
  area.addEventListener("blur", close);
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); area.form.requestSubmit(); return; }
    if (!completions.length) return;
    if (event.key === "Tab") { event.preventDefault(); accept(); }
    else if (event.key === "Escape") close();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      selected = (selected + (event.key === "ArrowDown" ? 1 : completions.length - 1)) % completions.length;
      show();
    }
  });
}
