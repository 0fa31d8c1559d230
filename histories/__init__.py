"""What was observed: operations, traces and the final states of replicas, their files and the recorder.

This package knows nothing of the store and nothing of what should have happened; `model` and `checkers` judge what
is read here.
"""
