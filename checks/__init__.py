"""Your checks: they run over whatever ``config/`` says. Add files of your own; ``make check`` runs them too."""
