"""Long work that a person asked for: a row each, worked by whichever worker comes first."""
