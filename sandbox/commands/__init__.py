"""What a person does with the sandbox: the tour, the commands over stacks, edits in the Library."""
