/* The search from a disk: browsers start no worker there, so its script runs in a hidden frame instead. */
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(address) {
      super();
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      document.body.append(this.frame);
      const inside = this.frame.contentWindow;
      const added = (from) => new Promise((done, failed) => {
        const script = inside.document.createElement("script");
        Object.assign(script, { src: new URL(from, location), onload: done, onerror: failed });
        inside.document.body.append(script);
      });
      inside.postMessage = (data) => setTimeout(() => this.heard(new MessageEvent("message", { data: structuredClone(data) })));
      inside.importScripts = (...all) => all.reduce((before, one) => before.then(() => added(one)), Promise.resolve());
      this.ready = added(address).catch(() => this.heard(new Event("error")));
    }
    heard(event) {
      this[`on${event.type}`]?.(event);
      this.dispatchEvent(event);
    }
    postMessage(data) {
      const inside = this.frame.contentWindow;
      this.ready.then(() => setTimeout(() => inside.dispatchEvent(new inside.MessageEvent("message", { data: structuredClone(data) }))));
    }
    terminate() {
      this.frame.remove();
    }
  };
}
