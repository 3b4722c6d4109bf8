"""Score forecasts against what happened, and against rivals who know no more than day 0 and the other worlds."""
