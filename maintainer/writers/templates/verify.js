for (const pair of document.querySelectorAll(".pair")) {
  const slider = pair.closest(".shots").querySelector(".slider"), input = slider.querySelector("input");
  const put = (at) => { input.value = at; pair.style.setProperty("--at", input.value + "%"); input.setAttribute("aria-valuetext", input.value + " " + input.dataset.unit); };
  const follow = (event) => { const box = pair.getBoundingClientRect(); put((event.clientX - box.left) / box.width * 100); };
  pair.classList.add("live"); slider.classList.add("live"); put(50);
  input.addEventListener("input", () => put(input.value));
  pair.addEventListener("pointerdown", (event) => { follow(event); pair.setPointerCapture(event.pointerId); });
  pair.addEventListener("pointermove", (event) => { if (event.buttons) follow(event); });
  pair.addEventListener("dragstart", (event) => event.preventDefault());
}
addEventListener("beforeprint", () => { for (const one of document.querySelectorAll("details:not([open])")) { one.open = true; one.dataset.printed = "1"; } });
addEventListener("afterprint", () => { for (const one of document.querySelectorAll("details[data-printed]")) { one.open = false; delete one.dataset.printed; } });
