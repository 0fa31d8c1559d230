"""A complete Dynamo store (DeCandia et al., SOSP 2007), usable without its judges.

`dynamo.core` is the protocol, without I/O and deterministic; `dynamo.storage` is what a node keeps on disk.
Nothing here imports `histories`, `model`, `checkers` or `kept`: the store ships without the code that judges it.
"""
