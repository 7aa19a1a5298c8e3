"""Training and training on. Imports `network`, `candidates`, `explain`, `pair`, `text` and its own sub-room `data`."""
