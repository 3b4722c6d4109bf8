"""Hold what all figures share: theme, pages, axes, keys, words."""
