"""HTTP: the two APIs, bodies in and out, and what is answered where nothing can be."""
