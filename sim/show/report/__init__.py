"""The report of one ensemble or of a comparison: one HTML file that needs nothing else to be read, sorted or printed."""
