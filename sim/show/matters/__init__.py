"""Draw what matters: inputs that drive an outcome, boxes of them, and levers."""
