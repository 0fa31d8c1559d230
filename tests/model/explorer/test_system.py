from model.explorer.system import capability, kind


def test_what_a_system_can_do_it_says_by_having_the_method(grid, peterson):
    encode = capability(grid(1), "encode")
    assert encode is not None
    assert encode((1, 1)) == b"1 1"
    assert capability(peterson(), "encode") is None
    system = grid(1)
    system.encode = None
    assert capability(system, "encode") is None


def test_a_step_is_counted_under_the_systems_word_or_its_action_or_its_text(grid, philosophers):
    label = next(philosophers(3).steps("ttt"))[0]
    assert kind(philosophers(3), label) == "take"
    assert kind(grid(1), "right") == "right"
    system = grid(1)
    system.kind = lambda label: label[0]
    assert kind(system, "right") == "r"
