"""The formats of histories. Each codec reads a `Source` and gives columns; see docs/history-format.md."""
