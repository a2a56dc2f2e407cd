"""The data key of each subject: what it sealed can be read only while it exists."""
