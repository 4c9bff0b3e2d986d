"""What is PostgreSQL's alone: connections, what its errors mean, the writers' lock, moving a base there and back."""
