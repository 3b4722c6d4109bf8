"""Say once, for terminal, notebook and report, what was found: numbers, labels, sections, summaries."""
