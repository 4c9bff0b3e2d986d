"""The page of agreement cards and deadlines, with the forms that correct them."""
