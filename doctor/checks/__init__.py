"""The checks: each looks at one run of a pipeline and yields what is wrong with it."""
