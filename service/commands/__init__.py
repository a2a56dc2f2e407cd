"""What the commands of service/__main__.py do."""
