"""`agegate dev`: everything in one process, with pages to look into it."""
