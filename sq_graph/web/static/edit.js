// Optional features of a form; forms work without them.
"use strict";

// After a refusal the errors get the focus.
document.getElementById("errors")?.focus();

// "Silent" and "not applicable" exclude values, and each other.
for (const group of all(".aspect")) {
  const area = group.querySelector("textarea");
  const clear = (box) => { box.checked = false; };
  group.addEventListener("change", (event) => {
    const box = event.target;
    if (box.type === "checkbox" && !box.checked) return;
    all("input", group).filter((other) => other !== box && ("exclusive" in box.dataset || "exclusive" in other.dataset)).forEach(clear);
    if (area && "exclusive" in box.dataset) area.value = "";
  });
}

// A field for several things grows while it is filled in.
for (const group of all(".multiple")) {
  group.addEventListener("input", (event) => {
    const fields = all("input", group);
    if (event.target !== fields.at(-1) || !event.target.value) return;
    const field = event.target.cloneNode();
    field.value = "";
    field.setAttribute("aria-label", field.getAttribute("aria-label").replace(/\d+$/, fields.length + 1));
    group.append(field);
  });
}

// Ctrl+Enter saves; leaving a page with unsaved changes needs a confirmation.
for (const form of all("form[data-edit]")) {
  let isChanged = false;
  form.addEventListener("input", () => { isChanged = true; });
  form.addEventListener("submit", () => { isChanged = false; });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
  });
  addEventListener("beforeunload", (event) => { if (isChanged) event.preventDefault(); });
}

// Selecting words of the page fills in the phrase by which the passage is found.
const phrase = document.getElementById("field-phrase");
const source = document.querySelector(".source");
if (phrase && source) source.addEventListener("mouseup", () => {
  const words = getSelection().toString().trim().split(/\s+/).filter(Boolean);
  if (words.length > 1) phrase.value = words.slice(0, 8).join(" ");
});

// An alignment is drawn by dragging from a box on the left to one on the right; lines connect the chosen boxes.
const board = document.querySelector(".draw");
if (board) {
  const picture = board.querySelector("svg");
  all(".js-only").forEach((note) => { note.hidden = false; });
  const bounds = () => board.getBoundingClientRect();
  const line = (x1, y1, x2, y2) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", "line");
    Object.entries({ x1, y1, x2, y2 }).forEach(([name, value]) => element.setAttribute(name, value));
    picture.append(element);
  };
  const from = (box) => [box.getBoundingClientRect().right - bounds().left, middle(box)];
  const to = (box) => [box.getBoundingClientRect().left - bounds().left, middle(box)];
  const middle = (box) => (box.getBoundingClientRect().top + box.getBoundingClientRect().bottom) / 2 - bounds().top;
  const draw = () => {
    picture.replaceChildren();
    const end = board.querySelector("[name=object]:checked")?.closest(".box");
    if (end) for (const subject of all("[name=subject]:checked", board)) line(...from(subject.closest(".box")), ...to(end));
  };
  let start = null;
  board.addEventListener("pointerdown", (event) => {
    const box = event.target.closest(".box");
    start = box?.querySelector("[name=subject]") ? box : null;
  });
  addEventListener("pointermove", (event) => {
    if (!start) return;
    draw();
    line(...from(start), event.clientX - bounds().left, event.clientY - bounds().top);
  });
  addEventListener("pointerup", (event) => {
    const end = document.elementFromPoint(event.clientX, event.clientY)?.closest(".box")?.querySelector("[name=object]");
    if (start && end) start.querySelector("input").checked = end.checked = true;
    start = null;
    draw();
  });
  board.addEventListener("change", draw);
  addEventListener("resize", draw);
  draw();
}
