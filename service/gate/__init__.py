"""The age gate: asks once, decides, keeps nothing but a keyed lock."""
