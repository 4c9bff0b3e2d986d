"""Fits of what messages want: their intent, whether they lean on the one before, what passages answer them."""
