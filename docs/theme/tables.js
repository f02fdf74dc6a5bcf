/* A table wider than the screen moves under the finger; so it does by keys. */
document.addEventListener("DOMContentLoaded", () => {
  for (const wrap of document.querySelectorAll(".md-typeset__scrollwrap")) {
    wrap.tabIndex = wrap.scrollWidth > wrap.clientWidth ? 0 : -1;
  }
});
