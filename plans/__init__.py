"""Plans of Terraform on their way from a pull request to production: made, summed up, kept, applied."""
