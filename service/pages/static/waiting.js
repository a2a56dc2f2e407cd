// Looks, while the page is in view, whether the registration has moved on.
"use strict";

const main = document.querySelector("main");
const started = Date.now();

async function look() {
  if (!document.hidden) {
    const answer = await fetch("/registration").catch(() => null);
    const text = answer === null || answer.status >= 500 ? null : await answer.text();
    if (text !== null) {
      const page = new DOMParser().parseFromString(text, "text/html");
      if (page.querySelector("main")?.dataset.state !== main.dataset.state) {
        window.location.assign("/registration" + window.location.search);
        return;
      }
    }
  }
  const minutes = (Date.now() - started) / 60000;
  setTimeout(look, minutes < 10 ? 10000 : 60000);
}

setTimeout(look, 10000);
