"""Turn worlds into maps: outlines, circles, borders, labels."""
