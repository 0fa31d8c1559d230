"""What `kept prove` is asked, checked at the door: configurations from flags and files, their proofs, certificates."""
