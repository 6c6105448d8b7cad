"""The rooms behind `datasets.synthetic`: how made-up people, accounts, posts and events are drawn."""
