"""The page of the exchange map, and the map as files to take away."""
