"""Phases of a day: each lets one agent, or the map, act on the state as the phase found it."""
