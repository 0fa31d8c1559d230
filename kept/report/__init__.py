"""What a person or another program reads of a run: JSON documents, text, JUnit."""
