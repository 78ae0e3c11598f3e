"""What an operator runs: ``pipenv run mlops --help``, or ``.venv/bin/python -m cli --help``."""
