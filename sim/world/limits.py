"""How large a world may be, and how exactly its sums must come out: every limit that loading enforces.

Files come from anywhere, so their size is checked before anything in them is parsed.
"""

MAX_FILE_BYTES = 20_000_000
MAX_ROWS = 100_000  # of any file, counted before it is parsed
MAX_COLUMNS = 64
MAX_TEXT = 2_000  # characters of a cell
MAX_HEADER_BYTES = 64_000  # of world.yaml
MAX_LOCATIONS = 256
MAX_FACTIONS = 32
MAX_STATES = 32
MAX_HORIZON_DAYS = 365
SHARE_TOLERANCE = 0.005  # of the sum of control shares, which is 1
FIGHTERS_TOLERANCE = 0.005  # of a faction's central total, but never less than one person
