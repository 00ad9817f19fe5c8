// What a form can do beyond being filled in and sent: all of it is extra.
"use strict";

// After a refusal one reads first what is wrong.
document.getElementById("errors")?.focus();

// "Silent" and "not applicable" exclude values, and each other.
for (const group of all(".aspect")) {
  const area = group.querySelector("textarea");
  const clear = (box) => { box.checked = false; };
  group.addEventListener("change", (event) => {
    const box = event.target;
    if (box.type === "checkbox" && !box.checked) return;
    all("input", group).filter((other) => other !== box && ("unsaid" in box.dataset || "unsaid" in other.dataset)).forEach(clear);
    if (area && "unsaid" in box.dataset) area.value = "";
  });
}

// A field that takes several things grows while it is filled.
for (const group of all(".several")) {
  group.addEventListener("input", (event) => {
    const fields = all("input", group);
    if (event.target !== fields.at(-1) || !event.target.value) return;
    const more = event.target.cloneNode();
    more.value = "";
    more.setAttribute("aria-label", more.getAttribute("aria-label").replace(/\d+$/, fields.length + 1));
    group.append(more);
  });
}

// Ctrl+Enter saves; leaving unsaved words behind asks first.
for (const form of all("form[data-edit]")) {
  let isChanged = false;
  form.addEventListener("input", () => { isChanged = true; });
  form.addEventListener("submit", () => { isChanged = false; });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
  });
  addEventListener("beforeunload", (event) => { if (isChanged) event.preventDefault(); });
}

// Marking words of the page fills in the phrase by which the passage is found.
const phrase = document.getElementById("field-phrase");
const source = document.querySelector(".source");
if (phrase && source) source.addEventListener("mouseup", () => {
  const words = getSelection().toString().trim().split(/\s+/).filter(Boolean);
  if (words.length > 1) phrase.value = words.slice(0, 8).join(" ");
});

// A correspondence is drawn by dragging from a box on the left to one on the right; chosen boxes are joined by lines.
const board = document.querySelector(".draw");
if (board) {
  const picture = board.querySelector("svg");
  all(".scripted").forEach((note) => { note.hidden = false; });
  const place = () => board.getBoundingClientRect();
  const line = (x1, y1, x2, y2) => {
    const drawn = document.createElementNS("http://www.w3.org/2000/svg", "line");
    Object.entries({ x1, y1, x2, y2 }).forEach(([name, value]) => drawn.setAttribute(name, value));
    picture.append(drawn);
  };
  const from = (box) => [box.getBoundingClientRect().right - place().left, middle(box)];
  const to = (box) => [box.getBoundingClientRect().left - place().left, middle(box)];
  const middle = (box) => (box.getBoundingClientRect().top + box.getBoundingClientRect().bottom) / 2 - place().top;
  const draw = () => {
    picture.replaceChildren();
    const end = board.querySelector("[name=object]:checked")?.closest(".box");
    if (end) for (const one of all("[name=subject]:checked", board)) line(...from(one.closest(".box")), ...to(end));
  };
  let begun = null;
  board.addEventListener("pointerdown", (event) => {
    const box = event.target.closest(".box");
    begun = box?.querySelector("[name=subject]") ? box : null;
  });
  addEventListener("pointermove", (event) => {
    if (!begun) return;
    draw();
    line(...from(begun), event.clientX - place().left, event.clientY - place().top);
  });
  addEventListener("pointerup", (event) => {
    const end = document.elementFromPoint(event.clientX, event.clientY)?.closest(".box")?.querySelector("[name=object]");
    if (begun && end) begun.querySelector("input").checked = end.checked = true;
    begun = null;
    draw();
  });
  board.addEventListener("change", draw);
  addEventListener("resize", draw);
  draw();
}
