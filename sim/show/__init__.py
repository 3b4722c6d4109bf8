"""Hold what people look at: shapes, maps, plots, tables and reports of finished ensembles."""
