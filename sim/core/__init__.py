"""Hold the compiled core: keyed draws, records, rules, phases, and the engine that runs them."""
