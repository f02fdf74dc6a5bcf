// A table wider than the screen moves under the finger; so it does by keys.
// On a phone each cell stands below the one before it, and names its column: all but the first one, and the one that
// explains the others, which is the one with most to read.
document.addEventListener("DOMContentLoaded", () => {
  for (const wrap of document.querySelectorAll(".md-typeset__scrollwrap")) {
    wrap.tabIndex = wrap.scrollWidth > wrap.clientWidth ? 0 : -1;
  }
  for (const table of document.querySelectorAll(".md-typeset table:not([class])")) {
    const rows = [...(table.tBodies[0]?.rows ?? [])];
    const headings = [...table.querySelectorAll("th")].map((one) => one.textContent);
    const said = headings.map((_, column) => rows.reduce((sum, row) => sum + row.cells[column].textContent.length, 0));
    const most = headings.length > 2 ? said.indexOf(Math.max(...said)) : 0;
    for (const row of rows) {
      [...row.cells].forEach((cell, column) => {
        if (column && column !== most && headings[column]) cell.dataset.heading = headings[column];
      });
    }
  }
});
