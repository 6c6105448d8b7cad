"""The rooms behind `sociolink.testing.assert_engine_conforms`."""
