"""What is made of a frozen value is made once, and known by the value being the same object."""

from sociolink.population.kept import keep_made


def test_equal_values_are_not_the_same_and_other_arguments_count() -> None:
    made: list[tuple[dict[str, int], str]] = []

    @keep_made
    def make(value: dict[str, int], name: str) -> int:
        """What it makes."""
        made.append((value, name))
        return len(made)

    one, other = {"a": 1}, {"a": 1}
    assert [make(one, "x"), make(one, "x"), make(one, "y"), make(other, "x"), make(one, "x")] == [1, 1, 2, 3, 1]
    assert make.__doc__ == "What it makes."


def test_a_value_is_held_as_long_as_what_was_made_of_it() -> None:
    count = keep_made(len)
    assert [count(dict.fromkeys(range(size))) for size in range(200)] == list(range(200))
