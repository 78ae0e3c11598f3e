"""Plans that the real Terraform has made on the sandbox, one of every kind."""
