from model.abstract import vocabulary
from model.abstract.logic import Var


def test_every_relation_says_what_it_means_with_all_its_arguments():
    for relation in vocabulary.RELATIONS:
        told = relation.meaning.format(*(f"<{at}>" for at, _ in enumerate(relation.sorts)))
        assert all(f"<{at}>" in told for at, _ in enumerate(relation.sorts)), relation.name


def test_names_mean_one_thing_to_every_solver():
    """Names that solvers define themselves, or that differ by case alone, would be read as something else."""
    taken = {
        "and",
        "or",
        "not",
        "xor",
        "ite",
        "let",
        "forall",
        "exists",
        "distinct",
        "list",
        "int",
        "bool",
        "real",
        "array",
        "set",
    }
    names = [relation.name for relation in vocabulary.RELATIONS] + [sort.name for sort in vocabulary.SORTS]
    names += [name for name, value in vars(vocabulary).items() if isinstance(value, Var)]
    folded = [name.lower() for name in names]
    assert taken.isdisjoint(folded)
    assert len(set(folded)) == len(folded)


def test_a_variable_is_called_as_it_is_named():
    for name, value in vars(vocabulary).items():
        if isinstance(value, Var):
            assert value.name == name
