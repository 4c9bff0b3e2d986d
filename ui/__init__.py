"""What people use: the pages in the browser and the commands in the terminal."""
