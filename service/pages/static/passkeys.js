// Has the device make or use a passkey, and sends what it signed with its form.
"use strict";

function decoded(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (one) => one.charCodeAt(0));
}

function encoded(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function asked(options) {
  const known = (list) => (list ?? []).map((one) => ({ ...one, id: decoded(one.id) }));
  const wanted = { ...options, challenge: decoded(options.challenge) };
  if (options.user) wanted.user = { ...options.user, id: decoded(options.user.id) };
  if (options.allowCredentials) wanted.allowCredentials = known(options.allowCredentials);
  if (options.excludeCredentials) wanted.excludeCredentials = known(options.excludeCredentials);
  return wanted;
}

function told(credential) {
  const response = {};
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  for (const part of parts) {
    if (credential.response[part]) response[part] = encoded(credential.response[part]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  const id = encoded(credential.rawId);
  return { id, rawId: id, type: credential.type, response, clientExtensionResults: {} };
}

async function use(button) {
  const answer = await fetch(button.dataset.passkey, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: "{}",
  });
  if (answer.status === 401 || answer.status === 403) return window.location.reload();
  const publicKey = asked(await answer.json());
  const made = "new" in button.dataset
    ? await navigator.credentials.create({ publicKey })
    : await navigator.credentials.get({ publicKey });
  button.form.elements.credential.value = JSON.stringify(told(made));
  button.form.submit();
}

if ("PublicKeyCredential" in window) {
  for (const part of document.querySelectorAll("[data-passkeys]")) part.hidden = false;
  for (const part of document.querySelectorAll("[data-no-passkeys]")) part.hidden = true;
  for (const button of document.querySelectorAll("[data-passkey]")) {
    const failed = button.closest("[data-passkeys]").querySelector("[data-failed]");
    button.addEventListener("click", (event) => {
      event.preventDefault();
      failed.hidden = true;
      use(button).catch(() => { failed.hidden = false; });
    });
  }
}
