"""The pages of the app, a folder for each, and the navigation between them."""
