// Takes the secret of a link out of the address bar, into the field that asks for it.
"use strict";

function take() {
  const field = document.getElementById("link");
  const secret = window.location.hash.slice(1);
  if (field === null || !/^[\w-]{43}$/.test(secret)) return;
  history.replaceState(null, "", window.location.pathname + window.location.search);
  field.value = secret;
  field.type = "hidden";
  field.closest(".field").hidden = true;
  for (const other of document.querySelectorAll("header nav a")) other.hash = secret;
  if ("send" in field.form.dataset) field.form.submit();
}

take();
window.addEventListener("hashchange", take);
