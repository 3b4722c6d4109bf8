"""Keep what was computed: files, folders, tables, manifests."""
