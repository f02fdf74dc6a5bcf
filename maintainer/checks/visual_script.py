"""What runs in the page while it is shot: JavaScript as text.

FIXED    before anything of the page: the clock starts at the same moment in each shot, and the same numbers are drawn
SETTLE   pictures that would load later load now, videos stand at their beginning, what is to be hidden is hidden
RESTS    whether pictures and fonts are there, a number that changes with the layout, and the page's size
ELEMENTS what stands on the page, and where
BOXES    where the elements of a selector stand
"""

#: Time goes on: scripts that wait for it to pass would wait forever if it stood.
FIXED = """
(at => {
  const Own = Date, now = () => Math.floor(at + performance.now());
  globalThis.Date = new Proxy(Own, {
    construct: (made, given, target) => Reflect.construct(made, given.length ? given : [now()], target),
    apply: () => new Own(now()).toString(),
    get: (made, name) => name === "now" ? now : Reflect.get(made, name),
  });
  let state = 20261121;
  Math.random = () => {
    state = state + 0x6D2B79F5 | 0;
    let mixed = Math.imul(state ^ state >>> 15, 1 | state);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) / 4294967296;
  };
})
"""

SETTLE = """
hidden => {
  for (const one of document.querySelectorAll("img[loading=lazy], iframe[loading=lazy]")) one.loading = "eager";
  for (const one of document.querySelectorAll("video, audio")) {
    one.autoplay = false;
    one.pause();
    if (one.readyState) one.currentTime = 0;
  }
  const found = {};
  for (const selector of hidden) {
    try {
      const all = document.querySelectorAll(selector);
      found[selector] = all.length > 0;
      for (const one of all) one.style.setProperty("display", "none", "important");
    } catch {
      found[selector] = null;
    }
  }
  document.documentElement.style.setProperty("scroll-behavior", "auto", "important");
  return found;
}
"""

RESTS = """
() => {
  const pictures = [...document.images].filter(one => one.currentSrc && !one.complete).length;
  const root = document.documentElement;
  let sum = 0, count = 0;
  for (const one of document.querySelectorAll("body *")) {
    if (++count > 4000) break;
    const box = one.getBoundingClientRect();
    sum = (sum * 31 + Math.round(box.left * 8) + Math.round(box.top * 8) * 3 + Math.round(box.width * 8) * 5
      + Math.round(box.height * 8) * 7) % 1000000007;
  }
  return {waiting: pictures + (document.fonts.status === "loading" ? 1 : 0), layout: sum + "/" + count,
    size: root.scrollWidth + "x" + root.scrollHeight};
}
"""

SIZE = """
() => ({
  width: Math.max(document.documentElement.scrollWidth, innerWidth),
  height: Math.max(document.documentElement.scrollHeight, document.body ? document.body.scrollHeight : 0, innerHeight),
})
"""

FONTS = "() => [...document.fonts].filter(one => one.status === 'error').map(one => one.family.replace(/[\"']/g, ''))"

BOXES = """
([selector, most]) => [...document.querySelectorAll(selector)].slice(0, most).map(one => {
  const box = one.getBoundingClientRect();
  return [box.left + scrollX, box.top + scrollY, box.right + scrollX, box.bottom + scrollY];
}).filter(box => box[2] > box[0] && box[3] > box[1])
"""

ELEMENTS = r"""
([most, height]) => {
  const found = [], short = text => (text || "").replace(/\s+/g, " ").trim().slice(0, 120);
  const page = {left: 0, top: 0, right: document.documentElement.scrollWidth, bottom: height};
  const clear = /^rgba\(.*, 0\)$|^transparent$/;
  const money = /(?:[$€£]|zł|Kč|kr|PLN|EUR|USD|GBP|CHF)\s?\d|\d\s?(?:[$€£]|zł|Kč|kr\b|PLN|EUR|USD|GBP|CHF)/;
  const headings = new Map();
  const heading = one => {
    if (!headings.has(one)) headings.set(one, one.querySelector("h1, h2, h3, h4, h5, h6, [role=heading]"));
    return headings.get(one);
  };
  const near = one => {
    let up = one.parentElement;
    for (let steps = 0; up && up !== document.body && steps < 8; up = up.parentElement, steps += 1) {
      if (/^(MAIN|HEADER|FOOTER|NAV)$/.test(up.tagName)) return "";
      const title = heading(up);
      if (title && title !== one && !title.contains(one) && !one.contains(title)) return short(title.innerText);
    }
    return "";
  };
  const landmark = one => {
    const up = one.closest("header, footer, nav, aside, dialog, [role=banner], [role=contentinfo], [role=navigation], "
      + "[role=dialog]");
    if (!up) return "";
    const role = {banner: "header", contentinfo: "footer", navigation: "navigation", NAV: "navigation",
      ASIDE: "sidebar"};
    return role[up.getAttribute("role")] || role[up.tagName] || up.tagName.toLowerCase();
  };
  const kindOf = (one, own) => {
    const tag = one.tagName, role = one.getAttribute("role") || "", cls = String(one.getAttribute("class") || "");
    if (tag === "BUTTON" || role === "button" || (tag === "INPUT" && /^(submit|button|reset|image)$/.test(one.type))
      || (tag === "A" && /(^|[\s_-])(btn|button)([\s_-]|$)/.test(cls))) return "button";
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(tag)) return "field";
    if (/^(IMG|SVG|CANVAS|PICTURE)$/i.test(tag) || role === "img") return "picture";
    if (tag === "VIDEO") return "video";
    if (tag === "IFRAME") return "frame";
    if (/^H[1-6]$/.test(tag) || role === "heading") return "heading";
    if (/(^|[\s_-])(price|amount)([\s_-]|$)/i.test(cls) && /\d/.test(one.textContent)
      || own && own.length < 30 && money.test(own)) return "price";
    if (tag === "A" && one.hasAttribute("href")) return "link";
    return own ? "text" : "box";
  };
  const nameOf = (one, kind) => {
    const said = one.getAttribute("aria-label") || one.getAttribute("alt");
    if (said) return short(said);
    if (kind === "picture") return short((one.currentSrc || one.src || "").split("/").pop().split("?")[0].slice(0, 60));
    if (kind === "field") return short((one.labels && one.labels[0] && one.labels[0].innerText) || one.placeholder
      || one.name);
    if (one.tagName === "INPUT") return short(one.value);
    return short((one.innerText || "").slice(0, 240));
  };
  const sourceOf = one => (one.currentSrc || one.src || "").replace(/^https?:\/\/[^/]*/, "").slice(0, 200);
  const styleOf = style => {
    const told = {background: clear.test(style.backgroundColor) ? "" : style.backgroundColor, color: style.color,
      family: style.fontFamily.split(",")[0].replace(/["']/g, ""), size: style.fontSize, weight: style.fontWeight};
    if (style.backgroundImage !== "none") told.image = style.backgroundImage.slice(0, 200);
    if (parseFloat(style.borderTopWidth) || parseFloat(style.borderBottomWidth))
      told.border = `${style.borderBottomWidth} ${style.borderBottomStyle} ${style.borderBottomColor}`;
    if (style.textDecorationLine !== "none") told.decoration = style.textDecorationLine;
    return told;
  };
  const inkOf = one => {
    const range = document.createRange();
    range.selectNodeContents(one);
    const box = range.getBoundingClientRect();
    return box.width ? [box.left + scrollX, box.top + scrollY, box.right + scrollX, box.bottom + scrollY] : null;
  };
  const cut = (box, to) => ({left: Math.max(box.left, to.left), top: Math.max(box.top, to.top),
    right: Math.min(box.right, to.right), bottom: Math.min(box.bottom, to.bottom)});
  const walk = (one, parent, path, clip) => {
    if (found.length >= most || /^(SCRIPT|STYLE|NOSCRIPT|TEMPLATE|LINK|META|BR|HEAD)$/.test(one.tagName)) return;
    const style = getComputedStyle(one);
    if (style.display === "none") return;
    if (style.position === "fixed") clip = page;
    const edges = one.getBoundingClientRect();
    const whole = {left: edges.left + scrollX, top: edges.top + scrollY, right: edges.right + scrollX,
      bottom: edges.bottom + scrollY};
    const box = cut(whole, clip);
    const seen = box.right - box.left >= 2 && box.bottom - box.top >= 2;
    const solid = one.checkVisibility ? one.checkVisibility({opacityProperty: true, visibilityProperty: true}) : true;
    let at = parent;
    if (seen && solid && style.display !== "contents") {
      let own = "";
      for (const node of one.childNodes) if (node.nodeType === 3) own += " " + node.data;
      own = short(own);
      if (one.tagName === "INPUT" && kindOf(one, "") === "button") own = short(one.value);
      const kind = kindOf(one, own), styles = styleOf(style);
      if (kind !== "box" || styles.background || styles.image || styles.border || one.id || parent < 0) {
        at = found.length;
        const cls = String(one.getAttribute("class") || "").trim().split(/\s+/).slice(0, 6).join(".");
        found.push({kind, name: nameOf(one, kind), text: own, whole: short((one.innerText || "").slice(0, 1000)),
          ink: own && kind !== "button" ? inkOf(one) : null, box: [box.left, box.top, box.right, box.bottom], parent,
          path, identity: one.tagName.toLowerCase() + (one.id ? "#" + one.id : "") + (cls ? "." + cls : ""),
          source: one.tagName === "IMG" ? sourceOf(one) : "",
          broken: one.tagName === "IMG" && one.complete && Boolean(one.getAttribute("src")) && one.naturalWidth === 0,
          over: /^(fixed|absolute|sticky)$/.test(style.position), style: styles, near: near(one),
          landmark: landmark(one)});
      }
    }
    if (/^(svg|canvas|iframe|video|select|textarea)$/i.test(one.tagName)) return;
    const inner = style.overflowX !== "visible" || style.overflowY !== "visible" ? cut(whole, clip) : clip;
    const counts = {};
    for (const child of (one.shadowRoot || one).children) {
      const tag = child.tagName.toLowerCase();
      counts[tag] = (counts[tag] || 0) + 1;
      walk(child, at, child.id ? "#" + child.id : path + ">" + tag + counts[tag], one === document.body ? page : inner);
    }
  };
  if (document.body) walk(document.body, -1, "", page);
  return found;
}
"""
