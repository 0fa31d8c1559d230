"""The terms of a configuration are its promises: read from the page, they are those that a run checks."""

from itertools import product

from kept.lab.config import RunConfig
from kept.lab.promises import promised
from model.store.terms import Terms, terms_of


def configurations():
    for versions, sloppy, repair, aae in product(
        ("dvv", "vv", "lww"), (True, False), ("after", "blocking"), (True, False)
    ):
        for r, w, pr, pw in product((1, 2, 3), (1, 2, 3), (0, 2), (0, 2)):
            if pr <= r and pw <= w:
                yield RunConfig(
                    versions=versions, sloppy=sloppy, read_repair=repair, anti_entropy=aae, r=r, w=w, pr=pr, pw=pw
                )
    for change in ({"durable_copies": 1}, {"rings": 2, "nodes": 6}, {"beyond": True}):
        for repair in ("after", "blocking"):
            yield RunConfig(**change, read_repair=repair, sloppy=False)
    yield RunConfig(beyond=True, faults=("crash", "lost-disk"))
    yield RunConfig(beyond=True, faults=("crash", "old-disk"))


def test_the_terms_are_the_promises_that_a_run_checks():
    seen = 0
    for config in configurations():
        made, terms = set(promised(config)), terms_of(config.document())
        assert terms.keeps == ("no-lost-write" in made), config
        assert terms.replaces == ("no-false-sibling" in made) == ("no-resurrection" in made), config
        assert terms.honest == ("honest-contexts" in made), config
        assert terms.settles == ("convergence" in made), config
        assert terms.meets == ("fresh-reads" in made), config
        assert terms.monotonic == ("monotonic-reads" in made), config
        seen += 1
    assert seen > 400


def test_what_is_no_whole_configuration_promises_nothing_beyond_genuine_values_and_unique_names():
    assert terms_of({}) == terms_of({"n": 3}) == Terms()
    assert terms_of({**RunConfig().document(), "versions": "other"}) == Terms()


def test_the_siblings_that_stand_are_those_of_the_policy():
    kinds = {versions: terms_of(RunConfig(versions=versions).document()).siblings for versions in ("dvv", "vv", "lww")}
    assert kinds == {"dvv": "all", "vv": "some", "lww": "one"}
