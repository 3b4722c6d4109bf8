"""Learn the chance of what is rare by splitting: histories that come near it are lived on several times."""
