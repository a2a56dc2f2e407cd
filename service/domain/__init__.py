"""The rules: pure functions of their arguments. No I/O, no await, no clock."""
