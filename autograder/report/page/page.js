"use strict";
// Headers become buttons that sort; the search hides rows. Without this script everything is there, in the order of the file.
const words = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

function sort(table, header, kind) {
  const column = [...header.parentNode.children].indexOf(header);
  const before = header.getAttribute("aria-sort");
  // Numbers start with the largest, words with A.
  const up = before ? before === "descending" : kind !== "number";
  const entries = [...table.tBodies[0].rows].map((row) => {
    const text = row.cells[column].textContent.trim().replace("\u2212", "-");
    return { row, value: kind === "number" ? parseFloat(text) : text };
  });
  const empty = (value) => value === "" || value === "–" || Number.isNaN(value);
  entries.sort((a, b) => {
    if (empty(a.value) || empty(b.value)) return empty(a.value) - empty(b.value);
    const order = kind === "number" ? a.value - b.value : words.compare(a.value, b.value);
    return up ? order : -order;
  });
  for (const other of header.parentNode.children) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", up ? "ascending" : "descending");
  const sorted = document.createDocumentFragment();
  table.tBodies[0].replaceChildren(); // to move 5,000 rows one by one within a table takes a browser seconds
  for (const entry of entries) sorted.append(entry.row);
  table.tBodies[0].append(sorted);
}

for (const table of document.querySelectorAll("table.sortable")) {
  for (const header of table.tHead.querySelectorAll("th")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = header.textContent;
    button.addEventListener("click", () => sort(table, header, header.dataset.kind));
    header.replaceChildren(button);
  }
}

const input = document.getElementById("search");
const said = document.querySelector("output");
const rows = [...document.getElementById("all").tBodies[0].rows].map((row) => ({ row, text: row.textContent.toLowerCase() }));
input.addEventListener("input", () => {
  const wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const { row, text } of rows) {
    row.hidden = !wanted.every((word) => text.includes(word));
    shown += !row.hidden;
  }
  said.textContent = wanted.length ? `${shown} of ${rows.length}` : "";
});
input.parentNode.hidden = false;
