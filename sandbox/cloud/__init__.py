"""What exists in the stand-in cloud, what a request carries, and faults on demand."""
