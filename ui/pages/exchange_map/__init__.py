"""The page of the exchange map: what the agreements cover, against practice, pilots and reports."""
