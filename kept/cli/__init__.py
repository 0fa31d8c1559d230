"""The command `kept`: one module per verb, loaded only when its verb is called."""
