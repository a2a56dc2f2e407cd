"""Passkeys (WebAuthn): the finger or face stays on the device."""
