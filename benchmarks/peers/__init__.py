"""Other programs for the same job, each in an environment of its own; nothing of sociolink is needed in them."""
