// What a page can do beyond links and forms: theme, sorting, filtering, arrow keys, completion. All of it is extra.
"use strict";
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// Light or dark: as the system says until somebody chooses.
const kept = (() => { try { return localStorage.getItem("theme"); } catch { return null; } })();
if (kept) document.documentElement.dataset.theme = kept;
const isDark = () => (document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
const themeButton = document.querySelector(".theme");
themeButton.hidden = false;
const nameTheme = () => { themeButton.textContent = isDark() ? "Light" : "Dark"; };
nameTheme();
themeButton.addEventListener("click", () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  try { localStorage.setItem("theme", document.documentElement.dataset.theme); } catch { /* it lasts for this page */ }
  nameTheme();
});

// Tables sort by their heads, in place.
for (const table of all("table[data-sortable]")) {
  if (table.querySelector(".group")) continue;
  all("thead th", table).forEach((head, column) => {
    if (!head.querySelector("a")) {
      const link = document.createElement("a");
      link.href = "#";
      link.append(...head.childNodes);
      head.append(link);
    }
    head.addEventListener("click", (event) => {
      event.preventDefault();
      const down = head.getAttribute("aria-sort") === "ascending";
      all("th[aria-sort]", table).forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const body = table.tBodies[0];
      const text = (row) => row.cells[column].textContent.trim();
      const rows = [...body.rows].sort((a, b) => text(a).localeCompare(text(b), undefined, { numeric: true }));
      body.append(...(down ? rows.reverse() : rows));
    });
  });
}

// Filters narrow the table beneath them while one types.
for (const form of all("form[data-filter]")) {
  const table = form.parentElement.querySelector("table[data-sortable]");
  const field = form.querySelector("input[type=search]");
  if (!table || !field) continue;
  if (!form.classList.contains("controls")) form.addEventListener("submit", (event) => event.preventDefault());
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/);
    for (const row of table.tBodies[0].rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
  });
}

// A link into a closed part of the page opens it.
const unfold = () => {
  const part = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (part instanceof HTMLDetailsElement) part.open = true;
};
addEventListener("hashchange", unfold);
unfold();

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

// The search offers labels that continue what one types.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
if (document.body.dataset.begun) for (const field of all("input[list=begun]")) {
  let asked = 0;
  field.addEventListener("input", async () => {
    const turn = ++asked;
    const answer = await fetch(`${document.body.dataset.begun}?q=${encodeURIComponent(field.value)}`);
    const labels = answer.ok ? await answer.json() : [];
    if (turn !== asked) return;
    document.getElementById("begun").replaceChildren(...labels.map((label) => {
      const option = document.createElement("option");
      option.value = label;
      return option;
    }));
  });
}

// A site of plain files is searched in the browser: whole words first, then beginnings of words.
const found = document.getElementById("found");
if (found && document.body.dataset.search) {
  const asked = new URLSearchParams(location.search);
  const spaced = (text) => ` ${plain(text).split(/[^\p{L}\p{N}]+/u).join(" ").trim()} `;
  const parts = (asked.get("q") || "").match(/["“„«][^"“”«»]*["“”»]|[^\s"“”„«»]+/g) || [];
  const words = parts.map(spaced).filter((one) => one.trim());
  const kind = asked.get("kind") || "";
  for (const name of ["q", "kind"]) for (const field of all(`[name=${name}]`)) field.value = asked.get(name) || "";
  const rank = ([label, , , text]) => {
    const name = spaced(label), every = spaced(text);
    if (words.every((word) => name.includes(word))) return name.length / 1000;
    if (words.every((word) => every.includes(word))) return 1;
    // a script without blanks between words is searched inside them
    const begun = (word) => /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]/.test(word) ? word.trim() : word.trimEnd();
    return words.every((word) => every.includes(begun(word))) ? 2 : 3;
  };
  const show = () => {
    const ranked = searchIndex.filter((one) => !kind || one[1] === kind).map((one) => [rank(one), ...one]);
    const hits = ranked.filter((one) => one[0] < 3).sort((a, b) => a[0] - b[0]);
    document.getElementById("count").textContent = `${hits.length} found${hits.length > 200 ? ", the first 200 shown" : ""}.`;
    found.replaceChildren(...hits.slice(0, 200).map(([, label, what, place, text]) => {
      const item = document.createElement("li"), link = document.createElement("a"), note = document.createElement("span"), says = document.createElement("span");
      link.href = new URL(place, new URL(document.body.dataset.search, location.href));
      link.textContent = label;
      note.textContent = ` ${what}`;
      note.className = "note";
      says.textContent = text.slice(label.length).replace(/^ · /, "").slice(0, 240);
      says.className = "summary";
      item.append(link, note, says);
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

// The text area for SPARQL completes our terms.
const area = document.querySelector("textarea[data-terms]");
if (area) {
  const list = document.getElementById("offers");
  let terms = [], offered = [], chosen = 0;
  area.addEventListener("focus", () => {
    fetch(area.dataset.terms).then((answer) => answer.json()).then((found) => { terms = found; });
  }, { once: true });
  const word = () => area.value.slice(0, area.selectionStart).match(/[\w-]+:?[\w-]*$/)?.[0] || "";
  const close = () => { offered = []; list.hidden = true; };
  const show = () => {
    list.replaceChildren(...offered.map((term, index) => {
      const item = document.createElement("li");
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", index === chosen);
      item.textContent = term;
      item.addEventListener("mousedown", (event) => { event.preventDefault(); chosen = index; take(); });
      return item;
    }));
    list.hidden = !offered.length;
  };
  const take = () => {
    area.setRangeText(offered[chosen], area.selectionStart - word().length, area.selectionStart, "end");
    close();
  };
  area.addEventListener("input", () => {
    const begun = word().toLowerCase();
    offered = begun.length < 2 ? [] : terms.filter((term) => term.toLowerCase().includes(begun) && term !== begun)
      .sort((a, b) => b.toLowerCase().startsWith(begun) - a.toLowerCase().startsWith(begun)).slice(0, 8);
    chosen = 0;
    show();
  });
  area.addEventListener("blur", close);
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); area.form.requestSubmit(); return; }
    if (!offered.length) return;
    if (event.key === "Tab") { event.preventDefault(); take(); }
    else if (event.key === "Escape") close();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      chosen = (chosen + (event.key === "ArrowDown" ? 1 : offered.length - 1)) % offered.length;
      show();
    }
  });
}
