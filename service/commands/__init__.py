"""What the commands of service/command_line/ do."""
