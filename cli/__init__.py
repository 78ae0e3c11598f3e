"""What an operator runs beside cdktf: `.venv/bin/python -m cli --help`."""
