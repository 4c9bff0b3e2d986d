"""Is what Setu makes of papers right? Overviews, agreement cards, the exchange map, training material."""
