"""Changes the code in one place at a time and runs the tests, which are to notice: ``make mutation``."""
