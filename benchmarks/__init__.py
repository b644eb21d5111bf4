"""Scripts behind every figure; `make bench` runs them all."""
