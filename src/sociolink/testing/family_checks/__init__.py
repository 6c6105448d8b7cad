"""The rooms behind `sociolink.testing.assert_family_conforms`."""
