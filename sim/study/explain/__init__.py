"""Why it happened: a history lived again while its rules and draws are watched, told event by event with reasons."""
