"""Work that goes on in the background while pages are looked at, left or reloaded: reading papers, making modules, evaluation runs."""
