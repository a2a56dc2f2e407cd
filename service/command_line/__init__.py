"""What can be typed: every command and its options; service/commands/ does the work."""
