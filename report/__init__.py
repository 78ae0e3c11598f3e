"""One HTML page for those who approve: written from the settings and the Terraform that they became."""
