"""Settings that all tests share."""

from hypothesis import settings

# The first call of a compiled rule compiles it; no deadline for one example can allow for that.
settings.register_profile("compiled", deadline=None)
settings.load_profile("compiled")
