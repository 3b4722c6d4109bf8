"""What the world is: configuration, tables, and the scenario handed to the compiled core."""
